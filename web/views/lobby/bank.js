/** The question bank, by topic, with a search over titles, prompts and concepts. */

import { h, icon, setText } from "../../dom.js";
import { plural } from "../../format.js";
import { TERMS } from "../../text.js";

export function makeBank({ topics, questions }, start) {
  const search = h("input", {
    type: "search",
    id: "search",
    placeholder: "LoRA, KV cache, evaluation…",
    autocomplete: "off",
    oninput: filter,
  });
  const count = h("p", { class: "soft small", role: "status" });
  const rows = [];
  const groups = topics
    .map((topic) => ({ topic, own: questions.filter((question) => question.topic === topic.id) }))
    .filter(({ own }) => own.length > 0)
    .map(({ topic, own }) => {
      const list = own.map((question) => makeRow(topic, question));
      const count = h("span", { class: "soft small" }, plural(own.length, "question"));
      const fold = h(
        "details",
        {},
        h("summary", {}, h("h3", {}, topic.title), TERMS[topic.id] && h("span", { class: "soft small" }, TERMS[topic.id]), count),
        h(
          "ul",
          {},
          list.map((row) => row.element),
        ),
      );
      return { element: h("li", { class: "topic", id: `topic-${topic.id}` }, fold), fold, list };
    });

  function makeRow(topic, question) {
    const text = [question.title, question.prompt, topic.title, ...topic.concepts, ...topic.must_include]
      .join(" ")
      .toLowerCase();
    const button = h(
      "button",
      { type: "button", class: "question-button", onclick: () => start(question.id) },
      h("span", { class: "name" }, question.title),
      h("span", { class: "said soft" }, question.prompt),
      icon("arrow"),
    );
    const row = { text, button, element: h("li", {}, button) };
    rows.push(row);
    return row;
  }

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) row.element.hidden = !words.every((word) => row.text.includes(word));
    for (const group of groups) {
      group.element.hidden = group.list.every((row) => row.element.hidden);
      group.fold.open = words.length > 0;
    }
    const left = rows.filter((row) => !row.element.hidden).length;
    setText(count, left === 0 ? "No question matches. Try a shorter word." : plural(left, "question"));
  }

  filter();
  const element = h(
    "section",
    { class: "bank", id: "bank", "aria-labelledby": "bank-title" },
    h("h2", { id: "bank-title" }, "Or choose a question"),
    h(
      "div",
      { class: "search field" },
      h("label", { htmlFor: search.id, class: "unseen" }, "Search the questions"),
      icon("search"),
      search,
    ),
    count,
    h(
      "ol",
      {},
      groups.map((group) => group.element),
    ),
  );
  return { element, starters: rows.map((row) => row.button), search: () => search.focus() };
}
