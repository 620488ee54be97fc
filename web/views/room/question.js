/** What is being asked, read along with the voice sentence by sentence, and the hints shown. */

import { h, setText } from "../../dom.js";
import { understoodWords } from "./phase_text.js";

/** Characters beyond which a question leaves no room for what is said to it: it scrolls in a smaller type. */
const LONG = 160;
/** A voice that has been silent for so long is not going to ask: the question is shown. */
const PATIENCE_MS = 8_000;

export function makeQuestion(store) {
  const kicker = h("p", { class: "kicker" });
  const [before, now, after] = [new Text(), h("span", { class: "now" }), new Text()];
  const text = h("h1", { class: "said" }, before, now, after);
  let asked = "";
  let timer = null;
  const saying = h("p", { class: "saying said" });
  const hints = h("ol", { class: "hints" });

  store.addEventListener("change", () => {
    const { state } = store;
    if (!state) return;
    // Between turns nothing is being asked; the last question stays to be read.
    if (state.text && state.text !== asked) drawAsked(state.text);
    if (isBegun(store)) reveal();
    else if (store.saying) wait(); // Something leads to it.
    drawKicker(state);
    drawText(store.saying);
    hints.replaceChildren(
      ...store.hints.map((hint) => h("li", {}, h("span", { class: "label" }, `Hint ${hint.number} `), hint.text)),
    );
    hints.hidden = store.hints.length === 0;
  });

  /** The title would give the question away before it is asked. */
  function drawKicker(state) {
    const what = `Question ${state.round} of ${state.rounds}${state.follow_up ? ", follow-up" : ""}`;
    const title = !text.classList.contains("not-begun") && state.title;
    setText(kicker, [what, title, understoodWords(state)].filter(Boolean).join(" · "));
  }

  /** It has its place at once, so that nothing moves, and is seen when the interviewer begins it. */
  function drawAsked(question) {
    text.classList.add("not-begun");
    wait();
    asked = question;
    text.scrollTop = 0;
    text.classList.toggle("long", asked.length > LONG);
    if (asked.length > LONG) text.tabIndex = 0; // To be scrolled with the arrow keys.
    else text.removeAttribute("tabindex");
  }

  function wait() {
    clearTimeout(timer);
    timer = setTimeout(reveal, PATIENCE_MS);
  }

  function reveal() {
    clearTimeout(timer);
    if (!text.classList.contains("not-begun")) return;
    text.classList.remove("not-begun");
    drawKicker(store.state);
  }

  /** A sentence of the question is marked in it; anything else the interviewer says needs its own line. */
  function drawText(sentence) {
    const at = sentence ? asked.indexOf(sentence) : -1;
    setText(saying, (at < 0 && sentence) || remark(store.state));
    before.data = at < 0 ? asked : asked.slice(0, at);
    const isNew = at >= 0 && now.textContent !== sentence;
    setText(now, at < 0 ? "" : sentence);
    after.data = at < 0 ? "" : asked.slice(at + sentence.length);
    text.classList.toggle("being-read", at >= 0);
    if (isNew) text.scrollTop = now.offsetTop - text.offsetTop;
  }

  /** What the interviewer said to something that was no answer stays to be read. */
  function remark({ understood, said, text: question }) {
    return understood ? said.replace(question, "").trim() : "";
  }

  return h("section", { class: "question", "aria-label": "Question" }, kicker, text, saying, hints);
}

/** Whether the interviewer has come to the question; what is said before it is only to be heard. */
function isBegun({ state, saying, soundLocked }) {
  if (state.phase !== "asking" || !state.voice || soundLocked) return true;
  return saying !== "" && state.text.includes(saying);
}
