/** The scale of verdicts, with those that are possible lit and the current one marked. */

import { h } from "../../dom.js";
import { SCALE, slugOf, verdictIcon } from "../verdict.js";

/** `range` are the lowest and highest verdict that are still possible. */
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
