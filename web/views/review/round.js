/** One question of a review: the verdict, what was said on the left, what it amounts to on the right. */

import { h, icon } from "../../dom.js";
import { plural } from "../../format.js";
import { verdictBadge } from "../verdict.js";
import { makeAnswer } from "./answer.js";
import { makeColophon, makeModelAnswer } from "./colophon.js";
import { makeRubric, NOT_ASSESSABLE } from "./rubric.js";

export function makeVerdict({ answers, grade, grade_state }, { large = false } = {}) {
  if (answers.length === 0) return h("span", { class: "soft" }, "not answered");
  if (grade_state === "pending") return h("span", { class: "soft", role: "status" }, "grading…");
  return verdictBadge(grade?.verdict, { fallback: grade?.fallback, large });
}

export function isPending(round) {
  return round.answers.length > 0 && round.grade_state === "pending";
}

export function makeRound(round) {
  const { question, answers, grade } = round;
  const recordings = new Map();
  const hear = (turn, seconds) => recordings.get(turn)?.playFrom(seconds);
  const talk = answers.map((answer) => {
    const made = makeAnswer(answer, question, grade);
    recordings.set(answer.turn_id, made);
    return made.element;
  });
  return h(
    "section",
    { class: "round", id: `round-${round.round}`, "aria-labelledby": `round-${round.round}-title` },
    h(
      "header",
      { class: "round-head" },
      h("h2", { id: `round-${round.round}-title` }, question.title),
      makeVerdict(round, { large: true }),
    ),
    makeRemarks(round),
    round.hints_used > 0 && makeHints(round),
    h(
      "div",
      { class: "round-body" },
      h(
        "div",
        { class: "conversation" },
        talk.length > 0 ? talk : h("p", { class: "soft" }, "This question was not answered."),
      ),
      h("div", { class: "assessment" }, grade && makeAssessment(question, grade, hear), makeModelAnswer(question)),
    ),
    grade && makeColophon(grade),
  );
}

/** What has to be said plainly before anyone reads the verdict. */
function makeRemarks({ grade, grade_state, grade_reason }) {
  const remarks = [];
  if (grade?.advice) remarks.push(h("p", { class: "advice" }, grade.advice));
  if (grade_state === "not graded")
    remarks.push(makeRemark("warning", `Not graded: ${grade_reason || "no reason was recorded"}`));
  if (grade?.fallback)
    remarks.push(makeRemark("note", `Graded by the built-in stand-in, not the grader you chose. ${grade.reason}`));
  else if (grade?.reason) remarks.push(makeRemark("note", grade.reason));
  return h("div", { class: "remarks" }, remarks);
}

function makeHints({ question, hints_used }) {
  return h(
    "details",
    { class: "fold hints-used" },
    h("summary", {}, `Answered with ${hints_used} of ${plural(question.hints.length, "hint")}`),
    h(
      "ol",
      {},
      question.hints.slice(0, hints_used).map((text, n) => h("li", {}, h("span", { class: "label" }, `Hint ${n + 1} `), text)),
    ),
  );
}

function makeRemark(sign, text) {
  return h("p", { class: "remark" }, icon(sign), h("span", {}, text));
}

/** Of an answer that could not be assessed the levels mean nothing; what was looked for may still be read. */
function makeAssessment(question, grade, hear) {
  const rubric = makeRubric(question, grade, hear);
  if (grade.verdict !== NOT_ASSESSABLE) return rubric;
  return h("details", { class: "fold" }, h("summary", {}, "What the rubric asks for"), rubric);
}
