/** Where a verdict stands on the scale, how it came about, and by which rule. */

import { h } from "../../dom.js";
import { plural } from "../../format.js";
import { SCALE, slugOf, verdictIcon } from "../verdict.js";

/** Nothing where there is no range: not assessable, or graded by an older rule. `unsureId` is the first unsure point's. */
export function makeScale({ range, verdict, why, rule, criteria }, unsureId) {
  if (!range) return null;
  const [lowest, highest] = range.map((name) => SCALE.indexOf(name));
  const isOpen = lowest !== highest;
  const unsure = criteria.flatMap(({ findings }) => findings).filter(({ status }) => status === "not sure").length;
  return h(
    "div",
    { class: "scale-block" },
    makeSteps(range, verdict),
    isOpen &&
      h(
        "p",
        { class: "depends" },
        `${range[0]} to ${range[1]}, depending on `,
        h("a", { href: `#${unsureId}` }, `${plural(unsure, "point")} below`),
        `. Until you answer: ${verdict}.`,
      ),
    h("p", {}, why),
    h("p", { class: "soft small" }, rule),
  );
}

/** The scale itself; `range` are the lowest and highest verdict that are still possible. */
export function makeSteps(range, verdict) {
  const [lowest, highest] = range.map((name) => SCALE.indexOf(name));
  return h(
    "ol",
    { class: "verdict-scale", "aria-label": "Scale of verdicts" },
    SCALE.map((name, n) => makeStep(name, lowest <= n && n <= highest, name === verdict)),
  );
}

function makeStep(name, isPossible, isCurrent) {
  return h(
    "li",
    { class: isPossible ? `possible ${slugOf(name)}` : "", "aria-current": isCurrent ? "true" : null },
    verdictIcon(name),
    h("span", {}, name),
  );
}
