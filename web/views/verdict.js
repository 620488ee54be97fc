/** A verdict or level as sign, word and colour. */

import { h, icon } from "../dom.js";
import { unbroken } from "../format.js";

/** Lowest first. */
export const SCALE = ["No Hire", "Lean No Hire", "Lean Hire", "Strong Hire"];
const NOT_GRADED = "Not graded";
const BEST_FIRST = [...[...SCALE].reverse(), "Not Assessable", NOT_GRADED];

/** null means that there is no grade. A grade by the stand-in grader says so. */
export function verdictBadge(verdict, { fallback = false, large = false } = {}) {
  return h(
    "span",
    { class: `verdict ${verdict ? slugOf(verdict) : "none"}${large ? " large" : ""}` },
    verdictIcon(verdict ?? "Not Assessable"),
    verdict ?? NOT_GRADED,
    fallback && " (stand-in grader)",
  );
}

/** Several verdicts in little room: a sign each, and in words how many there were of each. */
export function verdictStrip(verdicts) {
  const names = verdicts.map((verdict) => verdict ?? NOT_GRADED);
  const count = (name) => names.filter((other) => other === name).length;
  const counts = BEST_FIRST.filter((name) => count(name) > 0).map((name) => unbroken(`${count(name)} ${name}`));
  return h(
    "div",
    { class: "verdict-strip" },
    h("span", { class: "signs", "aria-hidden": "true" }, verdicts.map((verdict) => makeSign(verdict))),
    h("span", { class: "small soft" }, counts.join(", ")),
  );
}

function makeSign(verdict) {
  return h("span", { class: `sign ${verdict ? slugOf(verdict) : "none"}` }, verdictIcon(verdict ?? "Not Assessable"));
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
