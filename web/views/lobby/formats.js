/** The formats, grouped by how much time one has. */

import { h } from "../../dom.js";
import { plural } from "../../format.js";
import { durations } from "../../text.js";

/** The longest of each group, in minutes, and what the group is called. */
const GROUPS = [
  [5, "5 minutes"],
  [20, "15 minutes"],
  [Infinity, "Half an hour"],
];

/** `path` is that of the candidate's plan, if they have one. */
export function makeFormats(bank, path, start) {
  const starters = [];

  function makeCard(format) {
    const paths = format.follows_path && makePaths(bank.paths, path);
    const choose = () => start({ format: format.id, path: (paths && paths.value) || undefined });
    if (format.id === "papers") return makeDocumentsCard(format);
    const begin = format.needs_question
      ? h("a", { class: "button", href: "#bank", "aria-label": "Choose a question" }, "Choose")
      : h("button", { type: "button", class: "button", "aria-label": `Begin: ${format.title}`, onclick: choose }, "Begin");
    if (!format.needs_question) starters.push(begin);
    return h(
      "li",
      { class: "format", id: `format-${format.id}` },
      h("div", {}, h("h4", {}, format.title), factsOf(format)),
      begin,
      h("p", {}, format.description, format.id === "cheat-sheet" && [" ", h("a", { href: "/cheat-sheet" }, "Read the sheet first"), "."]),
      paths && h("div", { class: "choice" }, h("label", { htmlFor: paths.id, class: "label" }, "Focus"), paths),
    );
  }

  const shown = bank.formats.filter(({ id, group }) => group !== "first" && !["due", "claims"].includes(id));
  const groups = GROUPS.map(([longest, title], n) => [
    title,
    shown.filter(({ minutes }) => minutes <= longest && (n === 0 || minutes > GROUPS[n - 1][0])),
  ]);
  const element = h(
    "section",
    { class: "formats", "aria-labelledby": "formats-title" },
    h("h2", { id: "formats-title" }, "How much time do you have?"),
    h(
      "div",
      { class: "by-time" },
      groups.map(([title, formats]) => h("div", {}, h("h3", {}, title), h("ul", {}, formats.map(makeCard)))),
    ),
  );
  return { element, starters };
}

/** The format that begins with a job posting or CV has a page of its own. */
function makeDocumentsCard({ id, title, description, minutes }) {
  return h(
    "li",
    { class: "format", id: `format-${id}` },
    h("div", {}, h("h4", {}, title), h("p", { class: "soft small" }, `about ${minutes} minutes`)),
    h("a", { class: "button", href: "/papers", "aria-label": `Open: ${title}` }, "Open"),
    h("p", {}, description),
  );
}

/** "8 questions · 20 seconds each · no follow-ups", none of them broken at the end of a line. */
function factsOf({ rounds, seconds, minutes, follow_ups, needs_question }) {
  const isOne = needs_question || rounds === 1;
  const several = [plural(rounds, "question"), `${durations(seconds)} each`, follow_ups === 0 && "no follow-ups"];
  const facts = isOne ? [`${minutes} minutes`] : several.filter(Boolean);
  return h("p", { class: "dotted soft small" }, facts.map((fact) => h("span", { class: "fact" }, fact)));
}

function makePaths(paths, chosen) {
  const select = h(
    "select",
    { id: "mock-path" },
    h("option", { value: "" }, "All topics"),
    paths.map(({ id, roles }) => h("option", { value: id }, roles[0])),
  );
  select.value = chosen ?? "";
  return select;
}
