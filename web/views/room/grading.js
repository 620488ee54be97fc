/** After the last answer: what is being graded, and the verdicts as they come. */

import { get } from "../../api.js";
import { h, setText } from "../../dom.js";
import { verdictBadge } from "../verdict.js";

export function makeGrading(store, id) {
  const heading = h("h1");
  const words = h("p", { class: "soft" });
  const list = h("ol", { class: "graded" });
  let rounds = null;

  /** Only now is it known which questions were answered, and after a reload which of them are graded. */
  async function load() {
    rounds = [];
    const review = await get(`/api/interviews/${id}`);
    rounds = review.rounds.filter((round) => round.answers.length > 0);
    draw();
  }

  function draw() {
    if (!["grading", "finished"].includes(store.phase)) return;
    if (rounds === null) load().catch((error) => store.notify("review", error.message));
    const isOver = store.phase === "finished";
    setText(heading, isOver ? "Your review is ready" : "That was the last question");
    setText(
      words,
      isOver
        ? "We’ll show the words behind every verdict."
        : "We’re checking what you said point by point. You can open the review while we do.",
    );
    list.replaceChildren(...rounds.map((round) => makeRow(round, store.grades.get(round.round))));
  }

  store.addEventListener("change", draw);
  return h("section", { class: "grading stack" }, heading, words, list);
}

function makeRow(round, message) {
  const isKnown = message || round.grade_state !== "pending";
  const { verdict, fallback, reason } = message ?? round.grade ?? { reason: round.grade_reason };
  return h(
    "li",
    {},
    h("span", {}, round.question.title),
    isKnown ? verdictBadge(verdict, { fallback }) : h("span", { class: "soft small" }, "grading…"),
    reason && h("p", { class: "soft small" }, reason),
  );
}
