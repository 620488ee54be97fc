/** Words that several pages share: what things are called, and what they mean where they first stand. */

import { plural } from "./format.js";

/** What a kind of question is called. */
export const KINDS = {
  concept: "Concept",
  estimate: "Back-of-the-envelope estimate",
  debugging: "Debugging",
  tradeoff: "Trade-off",
  "cross-cutting": "Question across topics",
  design: "System design",
  probe: "Probe",
  paper: "Paper discussion",
  problem: "Practice problem",
  story: "Your story",
  claim: "Your CV",
  "candidate-evaluation": "Evaluate a candidate",
  "rapid-fire": "Short question",
};

/** What a verdict says about an answer, lowest first. */
export const VERDICTS = {
  "No Hire": "Too little of what interviewers look for was there.",
  "Lean No Hire": "You know the topic, but an interviewer would want more substance.",
  "Lean Hire": "A solid answer. One or two more points make it strong.",
  "Strong Hire": "This is what interviewers hope to hear.",
  "Not Assessable": "There was too little to go by, so it isn’t graded.",
};

/** Terms of the rubric and the plan, for whoever meets them the first time. */
export const TERMS = {
  point: "One checkable statement that a good answer makes.",
  criterion: "One thing interviewers look for, made of a few points.",
  path: "the topics in the order and the time that role needs.",
  tier: "The kind of company that interviews you. It changes questions and tone.",
  capstone: "Questions that need several topics at once.",
};

/** 20 -> "20 seconds", 300 -> "5 minutes" */
export function duration(seconds) {
  if (seconds < 120 && seconds !== 60) return plural(Math.round(seconds), "second");
  return plural(Math.round(seconds / 6) / 10, "minute");
}

/** Two lengths of time as a range, one where they are the same. */
export function durations([least, most]) {
  if (least === most) return duration(least);
  return most >= 120 && least >= 60 ? `${least / 60} to ${duration(most)}` : `${duration(least)} to ${duration(most)}`;
}
