/** The five competencies, each with the question that asks for nothing else. */

import { h } from "../../dom.js";

export function makeCompetencies({ questions }, competencies, start) {
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
      competencies.map(({ title, sentence, question }) =>
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
  );
}
