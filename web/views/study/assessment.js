/** Rating oneself, and how the ratings compare over time and with what the verdicts show. */

import { post } from "../../api.js";
import { h, problem, setText } from "../../dom.js";
import { makeComparison } from "./comparison.js";

/** Calls `changed` after a new rating was stored. */
export function makeAssessment(topics, levels, changed) {
  const result = h("div", { class: "stack" });
  const form = makeForm(topics, levels, async (scores) => {
    const ratings = await post("/api/assessments", { scores });
    draw(ratings);
    result.querySelector("h3").focus();
    await changed();
  });
  const place = h("div", {});
  const element = h("div", { class: "stack" }, result, place);

  function draw(ratings) {
    const isFirst = ratings.assessments.length === 0;
    form.clear();
    place.replaceChildren(isFirst ? form.element : h("details", { class: "rating" }, h("summary", {}, "Rate yourself again"), form.element));
    const compared = makeComparison(topics, ratings);
    result.hidden = !compared;
    result.replaceChildren(compared);
  }

  return { element, draw };
}

function makeForm(topics, levels, submit) {
  const failure = h("div");
  const total = h("p", { role: "status", class: "figures" });
  const rows = topics.map((topic) => makeRow(topic, levels));
  const element = h(
    "form",
    { class: "stack", noValidate: true, onsubmit: send, onchange: count },
    h(
      "ol",
      { class: "levels" },
      levels.map(({ score, label, meaning }) =>
        h(
          "li",
          {},
          h("strong", { class: "figures" }, String(score)),
          h("span", {}, h("strong", {}, label), h("span", { class: "soft small" }, meaning)),
        ),
      ),
    ),
    h(
      "div",
      { class: "scores" },
      rows.map((row) => row.element),
    ),
    failure,
    h("div", { class: "row" }, h("button", { class: "button lit" }, "Save this rating"), total),
  );

  function count() {
    const given = rows.map((row) => row.score()).filter((score) => score !== null);
    const sum = given.reduce((a, b) => a + b, 0);
    setText(
      total,
      given.length < rows.length ? `${given.length} of ${rows.length} rated` : `${sum} of ${rows.length * 5} points`,
    );
  }

  async function send(event) {
    event.preventDefault();
    failure.replaceChildren();
    const missing = rows.find((row) => row.score() === null);
    if (missing) {
      failure.replaceChildren(problem(`Rate ${missing.topic.title} too.`));
      return missing.focus();
    }
    try {
      await submit(Object.fromEntries(rows.map((row) => [row.topic.id, row.score()])));
    } catch (error) {
      failure.replaceChildren(problem(error.message));
    }
  }

  function clear() {
    element.reset();
    failure.replaceChildren();
    count();
  }

  return { element, clear };
}

function makeRow(topic, levels) {
  const inputs = levels.map(({ score }) =>
    h("input", { type: "radio", name: `score-${topic.id}`, value: score, class: "unseen" }),
  );
  const name = h("p", { id: `rate-${topic.id}` }, topic.title);
  const element = h(
    "div",
    { class: "score-row", role: "radiogroup", "aria-labelledby": name.id },
    name,
    h(
      "div",
      { class: "score-choices" },
      levels.map(({ score, label }, n) =>
        h(
          "label",
          { class: "score", title: label },
          inputs[n],
          h("span", { "aria-hidden": "true" }, String(score)),
          h("span", { class: "unseen" }, `${score}: ${label}`),
        ),
      ),
    ),
  );
  const score = () => {
    const chosen = inputs.find((input) => input.checked);
    return chosen ? Number(chosen.value) : null;
  };
  return { topic, element, score, focus: () => inputs[0].focus() };
}
