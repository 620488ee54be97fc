/** One question of a review: the verdict, what was said on the left, what it amounts to on the right. */

import { announce, h, icon } from "../../dom.js";
import { clock, plural } from "../../format.js";
import { verdictBadge, verdictRange } from "../verdict.js";
import { makeAgain } from "./again.js";
import { makeAnswer } from "./answer.js";
import { makeGradeAgain, makeHistory } from "./changes.js";
import { makeColophon, makeModelAnswer } from "./colophon.js";
import { makeDelivery } from "./delivery.js";
import { criteriaOf, makeRubric, NOT_ASSESSABLE } from "./rubric.js";
import { makeSaying } from "./saying.js";
import { makeScale } from "./scale.js";

export function makeVerdict({ answers, grade, grade_state }, { large = false } = {}) {
  if (answers.length === 0) return h("span", { class: "soft" }, "not answered");
  if (grade_state === "pending") return h("span", { class: "soft", role: "status" }, "grading…");
  if (isOpen(grade)) return verdictRange(grade.range, { large });
  return verdictBadge(grade?.verdict, { fallback: grade?.fallback, large });
}

/** Whether points that are not sure still decide the verdict. */
function isOpen(grade) {
  return Boolean(grade?.range) && grade.range[0] !== grade.range[1];
}

export function isPending(round) {
  return round.answers.length > 0 && round.grade_state === "pending";
}

/**
 * `address` is the interview's, `notes` its element; `top` is what the only round of a review has at its top.
 * `reload(focus)` fetches the round anew and draws it again; `focus(made)` then goes to what the reader was at.
 */
export function makeRound(round, { address, notes, top, reload }) {
  const { question, answers, grade } = round;
  const made = new Map(
    answers.map((answer) => {
      const focusWord = (word) => (fresh) => fresh.answers.get(answer.turn_id).focusWord(word);
      const changed = (word) => reload(focusWord(word));
      return [answer.turn_id, makeAnswer({ answer, question, grade, address, changed })];
    }),
  );
  const hear = (turn, seconds) => made.get(turn)?.playFrom?.(seconds);
  const say = makeSaying({ round, address, changed: (pointId) => reload(focusPoint(pointId)) });
  const titleId = `round-${round.round}-title`;
  const idOf = (number) => `round-${round.round}-criterion-${number}`;
  const element = h(
    "section",
    { class: "round", id: `round-${round.round}`, "aria-labelledby": titleId },
    h(
      "header",
      { class: "round-head" },
      top
        ? h("div", {}, h("p", { class: "kicker" }, top.kicker), h("h1", { id: titleId, tabIndex: -1 }, question.title))
        : h("h2", { id: titleId, tabIndex: -1 }, question.title),
      makeVerdict(round, { large: true }),
    ),
    grade && makeScale(grade, idOf(firstUnsure(question, grade))),
    makeRemarks(round, grade),
    top?.next,
    makeFacts(round),
    round.hints_used > 0 && makeHints(round),
    h(
      "div",
      { class: "round-body" },
      h(
        "div",
        { class: "conversation" },
        top && h("h2", { class: "unseen" }, "What you said"),
        answers.length > 0
          ? answers.map((answer) => {
              const { element, playFrom } = made.get(answer.turn_id);
              return [element, makeDelivery(answer, playFrom)];
            })
          : h("p", { class: "soft" }, "This question was not answered."),
        makeGradeAgain({ round, address, changed: () => reload(focusVerdict) }),
        question.model_answer && makeModelAnswer(question),
        notes,
      ),
      h(
        "div",
        { class: "assessment" },
        top && h("h2", { class: "unseen" }, "What it amounts to"),
        grade && makeAssessment({ question, grade, idOf, hear, say }),
        makeHistory(round),
      ),
    ),
    grade && makeColophon(grade),
    question.in_bank && answers.length > 0 && makeAgain(question, top !== null),
  );
  return { element, answers: made };
}

/** The number of the first criterion with a point that is not sure. */
function firstUnsure(question, grade) {
  const unsure = grade.criteria.filter(({ findings }) => findings.some(({ status }) => status === "not sure"));
  return 1 + criteriaOf(question, grade).findIndex(({ id }) => unsure.some(({ criterion_id }) => criterion_id === id));
}

/** A screen reader hears the verdict that the change has made, and goes on from the point. */
function focusPoint(pointId) {
  return ({ element }) => {
    const verdicts = [...element.querySelectorAll(".round-head .verdict")].map(({ textContent }) => textContent);
    announce(`Verdict: ${verdicts.join(" to ")}`);
    element.querySelector(`[data-point="${CSS.escape(pointId)}"]`)?.focus();
  };
}

function focusVerdict({ element }) {
  element.querySelector(".round-head [tabindex]").focus();
}

/** "0:52 of 2:00 used · 1 follow-up · no hints" */
function makeFacts({ answers, used_s, hints_used, question }) {
  if (answers.length === 0) return null;
  const limit = answers.reduce((sum, { limit_s }) => sum + limit_s, 0);
  const facts = [
    answers.some(({ typed }) => !typed) && `${clock(used_s)} of ${clock(limit)} used`,
    answers.length > 1 && plural(answers.length - 1, "follow-up"),
    question.hints.length > 0 && `${hints_used || "none"} of ${plural(question.hints.length, "hint")} used`,
  ];
  return h("p", { class: "soft figures" }, facts.filter(Boolean).join(" · "));
}

/** What has to be said plainly before anyone reads the verdict. */
function makeRemarks({ question, grade_state, grade_reason }, grade) {
  const remarks = [];
  if (grade?.advice) remarks.push(h("p", { class: "advice" }, grade.advice));
  if (grade?.to_strong)
    remarks.push(h("p", {}, grade.advice_is_enough ? "That alone would have made it a Strong Hire." : grade.to_strong));
  if (!question.in_bank)
    remarks.push(
      makeRemark("note", "This question has left the bank, and its rubric with it. What you said and the verdict are kept."),
    );
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
function makeAssessment(parts) {
  const rubric = makeRubric(parts);
  if (parts.grade.verdict !== NOT_ASSESSABLE) return rubric;
  return h("details", { class: "fold" }, h("summary", {}, "What the rubric asks for"), rubric);
}
