/** What the interview room says about each phase, large enough to be read from where one speaks. */

import { plural } from "../../format.js";

const WARN_MS = 4_000;
const PHASES = {
  connecting: "Connecting",
  ready: "Ready when you are",
  asking: "The interviewer is speaking",
  thinking: "Time to think",
  answering: "Listening",
  finalising: "Finishing your transcript…",
  followingup: "Choosing a follow-up…",
  grading: "Grading your answers",
  finished: "Finished",
};

const UNDERSTOOD = {
  answer: "There is time to say more",
  repeat: "You asked to hear it again",
  clarify: "You asked what the question means",
  think: "You asked for a moment",
  dont_know: "You were stuck",
  objection: "You objected",
  off_topic: "That wasn’t about the question",
};

/** What the candidate did instead of answering in full, if the interviewer responds to that; else "". */
export function understoodWords({ understood }) {
  return UNDERSTOOD[understood] ?? "";
}

/** What has to be acted on comes before what is going on. */
export function phaseWords(store) {
  const { phase, state, parted, typing, soundLocked, micOpen, micProblem } = store;
  if (state === null) return PHASES.connecting;
  if (parted) return { taken: "Open in another tab", idle: "Not started", gone: "This interview has been deleted" }[parted];
  if (store.offline) return store.isWaiting ? "Offline. We’ll send this when you’re back." : "Offline";
  if (phase === "finalising" && store.typedTurn === state.turn_id) return "Reading your answer…";
  if (phase === "answering" && typing) return "The clock runs while you type";
  if (soundLocked && store.isOpen) return phase === "answering" ? "Not listening yet" : "No sound yet";
  if (phase !== "answering") return PHASES[phase];
  if (micProblem) return "We can’t hear you";
  if (!micOpen) return "Not listening yet";
  const left = endsIn(store);
  return left === null ? PHASES.answering : `Ending in ${plural(left, "second")}. Keep talking.`;
}

/** Seconds until the silence ends the answer; null unless that is soon. */
function endsIn({ speech }) {
  if (!speech || speech.speaking) return null;
  const left = speech.ends_at_ms - speech.silence_ms;
  return left > WARN_MS ? null : Math.max(1, Math.ceil(left / 1000));
}

/** What a screen reader says when the phase changes. The voice reads the question itself. */
export function announcement({ phase, state }) {
  const what = state.follow_up ? "Follow-up" : `Question ${state.round} of ${state.rounds}`;
  switch (phase) {
    case "asking":
      if (state.understood) return `${understoodWords(state)}.${state.voice ? "" : ` ${state.said}`}`;
      return state.voice ? `${what}.` : `${what}: ${state.text}`;
    case "thinking":
      return "Time to think. The clock starts when you speak.";
    case "answering":
      return `The clock runs: ${Math.round(state.limit_ms / 1000)} seconds.`;
    default:
      return `${PHASES[phase]}.`;
  }
}
