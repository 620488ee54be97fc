/** The same question once more, and how it went before. */

import { begin } from "../../api.js";
import { h, icon, problem } from "../../dom.js";

export function makeAgain({ id }) {
  return h(
    "div",
    { class: "row again" },
    makeTryAgain(id, "button"),
    h("a", { href: `/attempts/${id}` }, "All attempts at this question, side by side"),
  );
}

/** A drill of this question; where that fails the reason takes the button's place beside it. */
export function makeTryAgain(id, look) {
  const failure = h("div");
  const start = () =>
    begin({ format: "drill", question_id: id }).catch((error) => failure.replaceChildren(problem(error.message)));
  return [h("button", { type: "button", class: look, onclick: start }, icon("again"), "Try this question again"), failure];
}
