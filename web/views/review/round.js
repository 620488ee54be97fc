/** One question of a review: the coach's first screen, and everything else folded below it. */

import { announce, h, icon } from "../../dom.js";
import { clock, plural } from "../../format.js";
import { TERMS } from "../../text.js";
import { verdictBadge, verdictRange } from "../verdict.js";
import { makeAgain } from "./practise_again.js";
import { makeAnswer } from "./answer.js";
import { makeBest } from "./best_answer.js";
import { makeGradeAgain, makeHistory } from "./changes.js";
import { makeCoach } from "./coach.js";
import { makeGraderNote, makeModelAnswer } from "./model_answer.js";
import { makeDelivery } from "./delivery.js";
import { makeRubric, makeUnsurePoints, NOT_ASSESSABLE } from "./rubric.js";
import { makeDisputeButtons } from "./dispute.js";

function makeVerdict({ answers, grade, grade_state }, { large = false } = {}) {
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

/** Whether anything was said or written in it. */
export function hasWords({ answers }) {
  return answers.some(({ words }) => words.length > 0);
}

/**
 * `address` is the interview's, `notes` its element; `top` is what the only round of a review has at its top.
 * `reload(focus)` fetches the round anew and draws it again; `focus(made)` then goes to what the reader was at. Of several
 * rounds each is folded up, its title and verdict in sight.
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
  const say = makeDisputeButtons({ round, address, changed: (pointId) => reload(focusPoint(pointId)) });
  const titleId = `round-${round.round}-title`;
  const idOf = (number) => `round-${round.round}-criterion-${number}`;
  const unsureId = `round-${round.round}-unsure`;
  const isAssessable = grade && grade.verdict !== NOT_ASSESSABLE;
  const folds = [
    ["unsure", unsureTitle(grade), grade && makeUnsurePoints(grade, hear, say), unsureId],
    ["best", "Your answer at its best", isAssessable && makeBest(round, address, hear)],
    ["said", "What you said", answers.length > 0 && makeConversation(made, answers, round, { address, reload })],
    [
      "points",
      isAssessable ? "Every point and how the verdict is made" : "What the rubric asks for",
      grade && makePoints({ question, grade, idOf, hear, say }, isAssessable),
    ],
    ["delivery", "How you said it", answers.map((answer) => makeDelivery(answer, made.get(answer.turn_id).playFrom))],
    ["model", "A model answer", question.model_answer && makeModelAnswer(question)],
    ["hints", `The ${plural(round.hints_used, "hint")} you used`, round.hints_used > 0 && makeHints(round)],
    ["notes", "Your notes", notes],
    ["history", `${plural(round.history.length, "change")} of yours`, makeHistory(round)],
    ["about", "About this grade", grade && [makeFacts(round), makeGraderNote(grade)]],
  ];
  const verdict = makeVerdict(round, { large: top !== null });
  const head = top
    ? h(
        "header",
        { class: "round-head" },
        h("div", {}, h("p", { class: "kicker" }, top.kicker), h("h1", { id: titleId, tabIndex: -1 }, question.title)),
        verdict,
      )
    : h("summary", { class: "round-head" }, h("h2", { id: titleId }, question.title), verdict);
  const body = [
    makeRemarks(round, grade),
    isAssessable && makeCoach({ round, address, hear, unsureId, isLit: top !== null }),
    answers.length === 0 && h("p", { class: "soft" }, "This question was not answered."),
    top?.next,
    h("div", { class: "folds" }, folds.map(makeFold)),
    question.in_bank && answers.length > 0 && makeAgain(question, top !== null),
  ];
  const element = h(
    "section",
    { class: "round", id: `round-${round.round}`, "aria-labelledby": titleId },
    top ? [head, body] : h("details", { class: "round-shell", "data-fold": "round" }, head, h("div", { class: "round-body" }, body)),
  );

  /** Brings the round into view, open. */
  function enter() {
    const shell = element.querySelector("details");
    if (!top) shell.open = true;
    element.scrollIntoView();
    /** @type {HTMLElement} */ (top ? head.querySelector("[tabindex]") : head).focus({ preventScroll: true });
  }

  return { element, answers: made, enter };
}

/** Nothing for a fold with nothing in it. */
function makeFold([name, title, content, id]) {
  if (!content || (Array.isArray(content) && !content.some(Boolean))) return null;
  return h(
    "details",
    { class: `round-fold ${name}-fold`, id, "data-fold": name },
    h("summary", {}, h("h2", {}, title)),
    h("div", { class: "stack" }, content),
  );
}

function unsureTitle(grade) {
  const count = (grade?.criteria ?? []).flatMap(({ findings }) => findings).filter(({ status }) => status === "not sure").length;
  return `${plural(count, "point")} we’re not sure about: did you say ${count === 1 ? "it" : "them"}?`;
}

function makeConversation(made, answers, round, { address, reload }) {
  return [
    answers.map(({ turn_id }) => made.get(turn_id).element),
    makeGradeAgain({ round, address, changed: () => reload(focusVerdict) }),
  ];
}

function makePoints(parts, isAssessable) {
  const { grade } = parts;
  return [
    isAssessable && h("p", {}, grade.why),
    isAssessable &&
      h("p", { class: "soft small" }, `${grade.rule} A criterion is ${lower(TERMS.criterion)} A point is ${lower(TERMS.point)}`),
    isAssessable &&
      grade.to_strong &&
      h("p", {}, grade.advice_is_enough ? "With the point above it would have been a Strong Hire." : grade.to_strong),
    makeRubric(parts),
  ];
}

const lower = (text) => text[0].toLowerCase() + text.slice(1);

/** A screen reader hears the verdict that the change has made, and goes on from the point. */
function focusPoint(pointId) {
  return ({ element }) => {
    const verdicts = [...element.querySelectorAll(".round-head .verdict")].map(({ textContent }) => textContent);
    announce(`Verdict: ${verdicts.join(" to ")}`);
    const point = element.querySelector(`.folds [data-point="${CSS.escape(pointId)}"]`);
    const fold = point?.closest("details");
    if (fold) fold.open = true;
    point?.focus();
  };
}

function focusVerdict({ enter }) {
  enter();
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
  if (!question.in_bank)
    remarks.push(
      makeRemark("note", "This question is no longer in the bank, so its rubric is gone. Your answer and the verdict are kept."),
    );
  if (grade_state === "not graded")
    remarks.push(makeRemark("warning", `Not graded: ${grade_reason || "we don’t know why"}`));
  if (grade?.fallback)
    remarks.push(makeRemark("note", `Graded by the built-in grader, because yours failed. ${grade.reason}`));
  else if (grade?.reason) remarks.push(makeRemark("note", grade.reason));
  return h("div", { class: "remarks" }, remarks);
}

function makeHints({ question, hints_used }) {
  return h(
    "ol",
    {},
    question.hints.slice(0, hints_used).map((text, n) => h("li", {}, h("span", { class: "label" }, `Hint ${n + 1} `), text)),
  );
}

function makeRemark(sign, text) {
  return h("p", { class: "remark" }, icon(sign), h("span", {}, text));
}
