/** After the last answer: what is being graded, and the verdicts as they come. */

import { h, setText } from "../../dom.js";
import { verdictBadge } from "../verdict.js";

export function makeGrading(store, review) {
  const heading = h("h1");
  const words = h("p", { class: "soft" });
  const list = h("ol", { class: "graded" });

  store.addEventListener("change", () => {
    if (!["grading", "finished"].includes(store.phase)) return;
    const isOver = store.phase === "finished";
    setText(heading, isOver ? "Your review is ready" : "That was the last question");
    setText(
      words,
      isOver
        ? "Every verdict comes with the words it rests on."
        : "Each answer is compared with its rubric, point by point. The review can be read while the rest is graded.",
    );
    list.replaceChildren(...review.rounds.map((round) => makeRow(round, store.grades.get(round.round))));
  });

  return h("section", { class: "grading stack" }, heading, words, list);
}

function makeRow(round, message) {
  const verdict = message ? message.verdict : round.grade?.verdict;
  const isKnown = message || round.grade_state !== "pending";
  return h(
    "li",
    {},
    h("span", {}, round.question.title),
    isKnown ? verdictBadge(verdict, { fallback: message?.fallback }) : h("span", { class: "soft small" }, "grading…"),
    message?.reason && h("p", { class: "soft small" }, message.reason),
  );
}
