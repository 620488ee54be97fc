/** Before the first question: what will happen, and whether the sound works. */

import { h } from "../../dom.js";
import { extraTime, plural } from "../../format.js";
import { makeSoundCheck } from "../soundcheck.js";

export function makeReady(store, review) {
  const soundCheck = makeSoundCheck();
  const steps = [
    ["The interviewer asks aloud.", "Cut in whenever you are ready to answer."],
    ["A moment to think.", "The clock starts when you speak, or by itself."],
    ["You are stopped at the limit.", "Silence or Done ends an answer early."],
  ];
  const element = h(
    "section",
    { class: "ready stack" },
    h(
      "div",
      {},
      h("p", { class: "kicker" }, `${plural(review.rounds.length, "question")}${extraTime(review.options)}`),
      h("h1", {}, review.title),
    ),
    h(
      "ol",
      { class: "steps" },
      steps.map(([what, detail]) => h("li", {}, h("strong", {}, what), ` ${detail}`)),
    ),
    soundCheck.element,
  );
  store.addEventListener("change", () => {
    if (store.phase !== "ready") soundCheck.close();
  });
  return { element, checkSound: () => store.phase === "ready" && soundCheck.open() };
}
