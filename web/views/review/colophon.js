/** What closes a round: how it might have been answered, and where the grade comes from. */

import { h } from "../../dom.js";

export function makeModelAnswer({ model_answer }) {
  return h(
    "details",
    { class: "fold" },
    h("summary", {}, "A model answer"),
    model_answer
      .trim()
      .split(/\n{2,}/)
      .map((paragraph) => h("p", { class: "said" }, paragraph)),
  );
}

/** For those who doubt a grade. */
export function makeColophon({ grader, model, rubric_version, prompt_version, seconds, tokens }) {
  const parts = [
    `Grader: ${[grader, model].filter(Boolean).join(", ")}`,
    rubric_version && `rubric ${rubric_version}`,
    prompt_version && `prompts ${prompt_version}`,
    `${seconds.toFixed(1)} s`,
    tokens > 0 && `${tokens} tokens`,
  ];
  return h(
    "details",
    { class: "colophon soft small" },
    h("summary", {}, grader === "embedded" ? "Graded on this machine" : `Graded by ${model || "a language model"}`),
    h("p", {}, parts.filter(Boolean).join(" · ")),
  );
}
