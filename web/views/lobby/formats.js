/** The formats one can begin without choosing a question, in their groups. */

import { h } from "../../dom.js";

const GROUPS = [
  ["mock", "Sit a mock"],
  ["practice", "Practise at length"],
];

/** `path` is that of the candidate's plan, if they have one; one button is lit, unless something above them is. */
export function makeFormats(bank, path, isFirst, start) {
  const starters = [];

  function makeRow(format) {
    const paths = format.follows_path && makePaths(bank.paths, path);
    const begin = h(
      "button",
      {
        type: "button",
        class: isFirst && starters.length === 0 ? "button lit" : "button",
        "aria-label": `Begin: ${format.title}`,
        onclick: () => start({ format: format.id, path: (paths && paths.value) || undefined }),
      },
      "Begin",
    );
    starters.push(begin);
    return h(
      "li",
      { class: "format", id: `format-${format.id}` },
      h("div", {}, h("h3", {}, format.title), h("p", { class: "soft" }, format.description)),
      h(
        "p",
        { class: "soft small figures" },
        `${format.minutes} minutes`,
        format.id === "cheat-sheet" && [" · ", h("a", { href: "/cheat-sheet" }, "Read the sheet first")],
      ),
      begin,
      paths && h("div", { class: "choice" }, h("label", { htmlFor: paths.id, class: "label" }, "Weighted for"), paths),
    );
  }

  const elements = GROUPS.map(([group, title]) =>
    h(
      "section",
      { "aria-labelledby": `${group}-title` },
      h("h2", { id: `${group}-title` }, title),
      h("ol", {}, bank.formats.filter((format) => format.group === group).map(makeRow)),
    ),
  );
  return { elements, starters };
}

function makePaths(paths, chosen) {
  const select = h(
    "select",
    { id: "mock-path" },
    h("option", { value: "" }, "All topics alike"),
    paths.map(({ id, title, roles }) => h("option", { value: id }, `${title}: ${roles[0]}`)),
  );
  select.value = chosen ?? "";
  return select;
}
