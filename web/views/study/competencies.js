/** The five competencies, each with the question that asks for nothing else; how interviews changed; what a portfolio needs. */

import { h } from "../../dom.js";
import { plainTable } from "../table.js";

export function makeCompetencies({ questions }, { entries, ...expectations }, start) {
  const prompts = new Map(questions.map((question) => [question.id, question.prompt]));
  return h(
    "div",
    { class: "stack" },
    h(
      "p",
      { class: "lead" },
      "Naming the parts of a model no longer sets anyone apart. Interviewers ask why a part is there, what it costs, how you measured it and what happens when it fails.",
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
          h(
            "div",
            { class: "asked" },
            h("p", { class: "said" }, prompts.get(question)),
            h(
              "button",
              {
                type: "button",
                class: "link-button small",
                "aria-label": `Answer it: ${prompts.get(question)}`,
                onclick: () => start({ format: "drill", question_id: question }),
              },
              "Answer it",
            ),
          ),
        ),
      ),
    ),
    makeChanges(expectations),
    makePortfolio(expectations),
  );
}

function makeChanges({ change, trap }) {
  return h(
    "div",
    { class: "expectations stack" },
    h("h3", {}, "What changed"),
    plainTable(
      "What interviews asked for in 2024 and what they ask for in 2026",
      "expected",
      ["Subject", "2024", "2026"],
      change.map(({ aspect, before, now }) => [aspect, before, now]),
    ),
    h("p", {}, trap),
  );
}

function makePortfolio({ project, portfolio }) {
  return h(
    "div",
    { class: "expectations stack" },
    h("h3", {}, "A portfolio that counts"),
    plainTable(
      "Projects for a portfolio, how much each counts, and an example",
      "expected",
      ["Project", "Impact", "Example"],
      project.map(({ kind, impact, example }) => [kind, impact, example]),
    ),
    h("p", {}, portfolio),
  );
}
