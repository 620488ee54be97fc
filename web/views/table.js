/** A table for reading, with a title for those who can't see it. */

import { h } from "../dom.js";

/** `rows` begin with the name of the row. */
export function plainTable(title, kind, head, rows) {
  return h(
    "table",
    { class: `plain-table ${kind}` },
    h("caption", { class: "unseen" }, title),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        head.map((name) => h("th", { scope: "col" }, name)),
      ),
    ),
    h(
      "tbody",
      {},
      rows.map(([name, ...cells]) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, name),
          cells.map((cell) => h("td", {}, cell)),
        ),
      ),
    ),
  );
}
