/** The five competencies, each with the question that asks for nothing else; how interviews changed; what a portfolio needs. */

import { h } from "../../dom.js";
import { plainTable } from "../table.js";

export function makeCompetencies({ questions }, { entries, change, trap, project, portfolio }, start) {
  const prompts = new Map(questions.map((question) => [question.id, question.prompt]));
  return h(
    "div",
    { class: "stack" },
    h(
      "p",
      { class: "lead" },
      "Knowing the parts of a model isn’t enough any more. Interviewers ask why a part is there, what it costs, how you measured it and what happens when it fails.",
    ),
    h(
      "ol",
      { class: "competencies" },
      entries.map(({ title, sentence, question }) =>
        h(
          "li",
          {},
          h("h3", {}, title),
          h("p", {}, sentence),
          h("p", { class: "said soft" }, prompts.get(question)),
          h(
            "button",
            {
              type: "button",
              class: "button",
              "aria-label": `Answer it: ${prompts.get(question)}`,
              onclick: () => start({ format: "drill", question_id: question }),
            },
            "Answer it",
          ),
        ),
      ),
    ),
    makeTable(
      "What changed",
      "What interviews asked for in 2024 and what they ask for in 2026",
      ["Subject", "2024", "2026"],
      change.map(({ aspect, before, now }) => [aspect, before, now]),
      trap,
    ),
    makeTable(
      "A portfolio that helps",
      "Projects for a portfolio, how much each counts, and an example",
      ["Project", "Impact", "Example"],
      project.map(({ kind, impact, example }) => [kind, impact, example]),
      portfolio,
    ),
  );
}

/** A table under its heading, and what to take from it. */
function makeTable(title, caption, heads, rows, moral) {
  return h(
    "details",
    { class: "expectations" },
    h("summary", {}, h("h3", {}, title)),
    h("div", { class: "stack" }, plainTable(caption, "expected", heads, rows), h("p", {}, moral)),
  );
}
