/** "I said this" and "I didn't say that": one tap where the grader is not sure, else by naming the words. Answered at once. */

import { post } from "../../api.js";
import { h, icon, problem } from "../../dom.js";
import { clock } from "../../format.js";

export const YES = "I said this";
export const NO = "I didn’t say that";

/** Makes, for a round, what makes the buttons for a finding. `changed(point_id)` is called once the answer is stored. */
export function makeDisputeButtons({ round, address, changed }) {
  if (!round.question.in_bank) return () => null;
  const passages = round.answers.flatMap((answer) => answer.passages.map((span) => ({ answer, span })));
  const refused = new Map();
  for (const { ruling } of round.history) if (ruling?.why && !ruling.upheld) refused.set(ruling.point_id, ruling);
  const send = async (point_id, path, body) => {
    await post(`${address}/rounds/${round.round}/${path}`, body);
    await changed(point_id);
  };

  return function makeButtons(finding) {
    const { point_id, status, may_answer, said } = finding;
    const answer = (isSaid) => send(point_id, `points/${encodeURIComponent(point_id)}`, { said: isSaid });
    if (status === "not sure") return makeChoice(finding, answer);
    if (may_answer) return makeChange(finding, said, answer);
    if (status === "met" || passages.length === 0) return null;
    const dispute = (claim) => send(point_id, "disputes", { point_id, ...claim });
    return makeDispute(finding, passages, refused.get(point_id), dispute);
  };
}

function makeChoice(finding, answer) {
  const failure = h("div");
  const buttons = [true, false].map((isSaid) => makeAnswer(finding, isSaid, answer, "button", failure));
  return h("div", { class: "saying" }, h("div", { class: "row" }, buttons), failure);
}

/** The candidate's word, and the other one to change it to. */
function makeChange(finding, said, answer) {
  const failure = h("div");
  return h(
    "div",
    { class: "saying row small" },
    h("span", { class: "own-word" }, icon("voice"), said ? "you said this" : "you didn’t say this"),
    makeAnswer(finding, !said, answer, "link-button", failure),
    failure,
  );
}

function makeAnswer({ statement }, isSaid, answer, look, failure) {
  const text = isSaid ? YES : NO;
  const onclick = () => attempt(button, failure, () => answer(isSaid));
  const button = h("button", { type: "button", class: look, "aria-label": `${text}: ${statement}`, onclick }, text);
  return button;
}

function makeDispute({ statement }, passages, refused, dispute) {
  const failure = h("div");
  const label = refused ? "Point to other words" : YES;
  const onclick = () => {
    const isOpen = list.hidden;
    list.hidden = !isOpen;
    open.ariaExpanded = String(isOpen);
    if (isOpen) list.querySelector("button").focus();
  };
  const open = h(
    "button",
    { type: "button", class: "link-button small", "aria-label": `${label}: ${statement}`, "aria-expanded": "false", onclick },
    label,
  );
  const list = h(
    "div",
    { class: "fold", hidden: true },
    h("p", { class: "label" }, "Where did you say it?"),
    h(
      "ul",
      { class: "passages" },
      passages.map(({ answer, span }) => h("li", {}, makePassage(answer, span, dispute, failure))),
    ),
    failure,
  );
  return h("div", { class: "saying" }, refused && makeRefusal(refused), open, list);
}

function makeRefusal({ quote, why }) {
  return h("p", { class: "small" }, "You pointed to ", h("q", { class: "said" }, quote), ` ${why}`);
}

function makePassage(answer, [from, to], dispute, failure) {
  const words = answer.words.slice(from, to);
  const text = words.map((word) => word.now?.text ?? word.text).join(" ");
  const claim = { turn_id: answer.turn_id, word_start: from, word_end: to };
  const onclick = () => attempt(button, failure, () => dispute(claim));
  const button = h(
    "button",
    { type: "button", class: "passage", onclick },
    h("span", { class: "said" }, text),
    !answer.typed && h("span", { class: "small soft figures" }, ` ${clock(words[0].start)}`),
  );
  return button;
}

async function attempt(button, failure, work) {
  button.disabled = true;
  failure.replaceChildren();
  try {
    await work();
  } catch (error) {
    failure.replaceChildren(problem(error.message));
    button.disabled = false;
  }
}
