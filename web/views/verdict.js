/** A verdict or level as sign, word and colour. */

import { h, icon } from "../dom.js";

/** null means that there is no grade. A grade by the stand-in grader says so. */
export function verdictBadge(verdict, { fallback = false, large = false } = {}) {
  const slug = verdict?.toLowerCase().replaceAll(" ", "-");
  return h(
    "span",
    { class: `verdict ${slug ?? "none"}${large ? " large" : ""}` },
    icon(`verdict-${slug ?? "not-assessable"}`),
    verdict ?? "Not graded",
    fallback && " (stand-in grader)",
  );
}
