/** What is being asked, with the sentence now spoken, and the hints shown. */

import { h, setText } from "../../dom.js";

export function makeQuestion(store) {
  const kicker = h("p", { class: "kicker" });
  const text = h("h1", { class: "said" });
  const saying = h("p", { class: "saying said" });
  const hints = h("ol", { class: "hints" });

  store.addEventListener("change", () => {
    const { state } = store;
    if (!state) return;
    setText(kicker, `${state.follow_up ? "Follow-up" : `Question ${state.round} of ${state.rounds}`} · ${state.title}`);
    setText(text, state.text);
    // The question stands above already; anything else the interviewer says needs its own line.
    setText(saying, state.text.includes(store.saying) ? "" : store.saying);
    hints.replaceChildren(...store.hints.map((hint) => h("li", {}, h("span", { class: "label" }, `Hint ${hint.number} `), hint.text)));
    hints.hidden = store.hints.length === 0;
  });

  return h("section", { class: "question", "aria-label": "Question" }, kicker, text, saying, hints);
}
