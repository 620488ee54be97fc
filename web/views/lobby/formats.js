/** The formats, grouped by how much time one has. */

import { h } from "../../dom.js";
import { plural } from "../../format.js";
import { durations } from "../../text.js";

/** The longest of each group, in minutes, and what the group is called. */
const GROUPS = [
  [5, "5 minutes or less"],
  [20, "About a quarter of an hour"],
  [Infinity, "Half an hour"],
];

/** `path` is that of the candidate's plan, if they have one. */
export function makeFormats(bank, path, start) {
  const starters = [];

  function makeCard(format) {
    const paths = format.follows_path && makePaths(bank.paths, path);
    const choose = () => start({ format: format.id, path: (paths && paths.value) || undefined });
    const begin = format.needs_question
      ? h("a", { class: "button", href: "#bank" }, "Choose a question")
      : h("button", { type: "button", class: "button", "aria-label": `Begin: ${format.title}`, onclick: choose }, "Begin");
    if (!format.needs_question) starters.push(begin);
    return h(
      "li",
      { class: "format", id: `format-${format.id}` },
      h("h4", {}, format.title),
      h("p", {}, format.description),
      h("p", { class: "soft small" }, factsOf(format)),
      paths && h("div", { class: "choice" }, h("label", { htmlFor: paths.id, class: "label" }, "Focus"), paths),
      h("div", { class: "row" }, begin, format.id === "cheat-sheet" && h("a", { href: "/cheat-sheet" }, "Read the sheet first")),
    );
  }

  const shown = bank.formats.filter(({ id, group }) => group !== "first" && id !== "due");
  const groups = GROUPS.map(([longest, title], n) => [
    title,
    shown.filter(({ minutes }) => minutes <= longest && (n === 0 || minutes > GROUPS[n - 1][0])),
  ]);
  const element = h(
    "section",
    { class: "formats", "aria-labelledby": "formats-title" },
    h("h2", { id: "formats-title" }, "How much time do you have?"),
    groups.map(([title, formats]) => h("div", {}, h("h3", { class: "label" }, title), h("ul", { class: "cards" }, formats.map(makeCard)))),
  );
  return { element, starters };
}

/** "8 questions · 20 seconds each · 4 minutes · no follow-ups" */
function factsOf({ rounds, seconds, minutes, follow_ups, needs_question }) {
  if (needs_question) return `60 seconds for most questions · about ${minutes} minutes`;
  return [
    rounds > 1 && plural(rounds, "question"),
    `${durations(seconds)}${rounds > 1 ? " each" : " to answer"}`,
    `about ${minutes} minutes`,
    follow_ups === 0 && "no follow-ups",
  ]
    .filter(Boolean)
    .join(" · ");
}

function makePaths(paths, chosen) {
  const select = h(
    "select",
    { id: "mock-path" },
    h("option", { value: "" }, "All topics"),
    paths.map(({ id, title, roles }) => h("option", { value: id }, `${title}: ${roles[0]}`)),
  );
  select.value = chosen ?? "";
  return select;
}
