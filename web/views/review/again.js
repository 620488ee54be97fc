/** The same question once more, and how it went before. */

import { begin } from "../../api.js";
import { h, icon, problem } from "../../dom.js";

/** Where the question is `alone` on the page, the button stands at its top already. */
export function makeAgain({ id }, alone) {
  return h(
    "div",
    { class: "row again" },
    !alone && makeTryAgain(id, "button"),
    h("a", { href: `/attempts/${id}` }, "Compare all your attempts at this question"),
  );
}

/** A drill of this question; where that fails the reason takes the button's place beside it. */
export function makeTryAgain(id, look) {
  const failure = h("div");
  const start = () =>
    begin({ format: "drill", question_id: id }).catch((error) => failure.replaceChildren(problem(error.message)));
  return [h("button", { type: "button", class: look, onclick: start }, icon("again"), "Try this question again"), failure];
}
