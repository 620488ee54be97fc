/** What a first visit shows: what this is, the one button, and what a result looks like. */

import { h, icon } from "../../dom.js";
import { makeSteps } from "../review/verdict_scale.js";

export function makeWelcome(start) {
  const first = () => start({ format: "first" });
  const button = h("button", { type: "button", class: "button lit primary", onclick: first }, "Hear your first question");
  const place = h("div", { class: "below-button" });
  const element = h(
    "section",
    { class: "welcome" },
    h(
      "div",
      { class: "stack" },
      h("h1", {}, "Practise LLM-engineering interviews out loud"),
      h(
        "p",
        { class: "lead" },
        "A computer interviews you aloud, you answer with your voice, and at once you see what earned credit and what to add.",
      ),
      h(
        "div",
        { class: "row" },
        button,
        h("p", { class: "soft" }, "20 seconds to answer.", h("br"), "Two minutes in all. Nothing to sign up for."),
      ),
      place,
    ),
    makeExample(),
  );
  const keys = [{ key: "n", what: "Hear your first question", run: () => !button.disabled && first() }];
  return { element, place, starters: [button], keys };
}

/** A result to look at before there is one. */
function makeExample() {
  return h(
    "figure",
    { class: "example sheet stack" },
    h("figcaption", { class: "label" }, "Example result: “How does LoRA work?”"),
    makeSteps(["Lean Hire", "Lean Hire"], "Lean Hire"),
    h(
      "div",
      { class: "example-point" },
      icon("verdict-lean-hire"),
      h(
        "p",
        {},
        h("q", { class: "said" }, "It freezes the weights and learns two thin matrices"),
        h("span", { class: "soft" }, "You said it at 0:04. It counts."),
      ),
    ),
    h(
      "div",
      { class: "example-point" },
      icon("plus"),
      h("p", {}, h("strong", {}, "Add this: "), "at serving time, merge the product into the weights, so it adds no latency."),
    ),
  );
}
