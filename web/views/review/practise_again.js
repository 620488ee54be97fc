/** The same question once more, and how it went before. */

import { begin } from "../../api.js";
import { h, icon, problem } from "../../dom.js";

/** Where the question is `alone` on the page, the button stands at its top already. */
export function makeAgain(question, alone) {
  return h(
    "div",
    { class: "row again" },
    !alone && makeTry("Try this question again", drillOf(question)),
    h("a", { href: `/attempts/${question.id}` }, "Compare all your attempts at this question"),
  );
}

export function drillOf({ id, kind, title, prompt }) {
  const isAboutCv = kind === "claim" && title.startsWith("“");
  return isAboutCv ? claimsOf([{ title, prompt }]) : { format: "drill", question_id: id };
}

/** Questions about claims of a CV, in the words they were asked in. */
export function claimsOf(questions) {
  return { format: "claims", claims: questions.map(({ title, prompt }) => ({ claim: title.slice(1, -1), question: prompt })) };
}

/** Begins an interview with these choices; where that fails the reason takes its place beside the button. */
export function makeTry(text, choices, look = "button") {
  const failure = h("div");
  const start = () => begin(choices).catch((error) => failure.replaceChildren(problem(error.message)));
  return [h("button", { type: "button", class: look, onclick: start }, icon("again"), text), failure];
}
