/** A verdict or level as sign, word and colour. */

import { h, icon } from "../dom.js";

/** Lowest first. */
export const SCALE = ["No Hire", "Lean No Hire", "Lean Hire", "Strong Hire"];

/** null means that there is no grade. A grade by the stand-in grader says so. */
export function verdictBadge(verdict, { fallback = false, large = false } = {}) {
  return h(
    "span",
    { class: `verdict ${verdict ? slugOf(verdict) : "none"}${large ? " large" : ""}` },
    verdictIcon(verdict ?? "Not Assessable"),
    verdict ?? "Not graded",
    fallback && " (stand-in grader)",
  );
}

/** The lowest and highest verdict that a grade may still become. */
export function verdictRange([lowest, highest], look) {
  return h("span", { class: "verdict-range" }, verdictBadge(lowest, look), h("span", {}, "to"), verdictBadge(highest, look));
}

export function verdictIcon(verdict) {
  return icon(`verdict-${slugOf(verdict)}`);
}

/** The name of its sign and its class. */
export function slugOf(verdict) {
  return verdict.toLowerCase().replaceAll(" ", "-");
}
