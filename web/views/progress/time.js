/** Periods of time in words and along an axis. */

import { h } from "../../dom.js";
import { date } from "../../format.js";
import { plainTable } from "../table.js";

const DAY_MS = 86_400_000;

/** "day", "week" or "month" beginning on an ISO date. */
export function periodName(unit, from) {
  if (unit === "week") return `week of ${date(from)}`;
  if (unit === "month") return new Date(`${from}T00:00`).toLocaleDateString([], { month: "long", year: "numeric" });
  return date(from);
}

/** How many periods the second begins after the first. */
export function periodsApart(unit, first, second) {
  if (unit === "month") {
    const [a, b] = [first, second].map((iso) => iso.split("-").map(Number));
    return 12 * (b[0] - a[0]) + b[1] - a[1];
  }
  return Math.round((Date.parse(second) - Date.parse(first)) / DAY_MS / (unit === "week" ? 7 : 1));
}

/** ISO date to 0 … 1 between two others; a history of one day lies in the middle. */
export function scale(first, last) {
  const [start, end] = [first, last].map(Date.parse);
  return (iso) => (end - start < DAY_MS ? 0.5 : (Date.parse(iso) - start) / (end - start));
}

export function makeAxis(first, last) {
  return h(
    "div",
    { class: "axis small soft", "aria-hidden": "true" },
    h("span", {}, date(first)),
    first !== last && h("span", {}, date(last)),
  );
}

/** A table that a chart is drawn from, folded up below it. */
export function makeTable(title, head, rows) {
  return h(
    "details",
    { class: "as-table" },
    h("summary", { class: "small" }, "As a table"),
    h(
      "div",
      { class: "table-frame", tabIndex: 0, role: "group", "aria-label": title },
      plainTable(title, "small figures", head, rows),
    ),
  );
}
