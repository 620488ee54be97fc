/** How a question might have been answered, and where a grade comes from. */

import { h } from "../../dom.js";

export function makeModelAnswer({ model_answer }) {
  return model_answer
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => h("p", { class: "said" }, paragraph));
}

/** For those who doubt a grade. */
export function makeGraderNote(grade) {
  const { rubric_version, prompt_version, seconds, tokens } = grade;
  const parts = [
    rubric_version && `rubric ${rubric_version}`,
    prompt_version && `prompts ${prompt_version}`,
    `${seconds.toFixed(1)} seconds of work`,
    tokens > 0 && `${tokens} tokens`,
  ];
  return [h("p", {}, tellGrader(grade)), h("p", { class: "soft small" }, parts.filter(Boolean).join(" · "))];
}

/** Who graded, and for a language model how well it did in the exam, if it has sat it. */
function tellGrader({ grader, model, agreement, reader_agreement }) {
  if (grader === "embedded") return "Graded on this machine";
  const name = model || "a language model";
  if (agreement == null) return `Graded by ${name}, whose grading hasn’t been tested`;
  const [own, built] = [agreement, reader_agreement].map((share) => `${Math.round(100 * share)}%`);
  return `Graded by ${name}; in our test it judged ${own} of the points right, the built-in grader ${built}`;
}
