/** The line below a transcript about the word that was chosen: hear it, correct it, undo its repair. */

import { post } from "../../api.js";
import { h, icon, setText } from "../../dom.js";
import { isDoubtful } from "./transcript.js";

const MAX_CHARS = 60;

/** `hear(seconds)` plays the answer from there; `changed` is called once a correction is stored. */
export function makeWordLine({ answer, address, hear, changed }) {
  const element = h("div", { class: "word-line small" });
  rest();

  function rest() {
    element.replaceChildren(
      h("p", { class: "soft" }, "Click a word to hear it, or to fix it if we misheard. Arrow keys move."),
    );
  }

  function show(index) {
    const word = answer.words[index];
    const current = word.now?.text ?? word.text;
    const actions = [makeButton("Hear it", () => hear(word.start), "play"), makeButton("Correct it", () => edit(index))];
    if (word.now) actions.push(makeButton(`Take back: “${word.text}”`, () => send(index, { change: "restore" })));
    else if (word.raw) actions.push(makeButton(`Undo repair: “${word.raw}”`, () => send(index, { change: "unrepair" })));
    element.replaceChildren(
      h("p", {}, h("strong", { class: "said" }, current), " ", h("span", { class: "soft figures" }, describe(word))),
      h("div", { class: "row" }, actions),
    );
  }

  function edit(index) {
    const word = answer.words[index];
    const current = word.now?.text ?? word.text;
    const field = h("input", {
      id: `word-${answer.turn_id}`,
      type: "text",
      maxLength: MAX_CHARS,
      value: current,
      autocomplete: "off",
    });
    const cancel = () => {
      show(index);
      element.querySelector("button").focus();
    };
    const form = h(
      "form",
      { class: "row", onsubmit: (event) => (event.preventDefault(), send(index, { change: "edit", text: field.value })) },
      h("label", { for: field.id }, `Instead of “${current}” I said`),
      field,
      h("button", { type: "submit", class: "button" }, "Save"),
      makeButton("Cancel", cancel),
    );
    form.addEventListener("keydown", ({ key }) => key === "Escape" && cancel());
    element.replaceChildren(form);
    field.focus();
    field.select();
  }

  async function send(index, correction) {
    const failure = h("p", { class: "alarming", role: "alert" });
    try {
      await post(`${address}/corrections`, { turn_id: answer.turn_id, word: index, ...correction });
      await changed(index);
    } catch (error) {
      element.querySelector(".alarming")?.remove();
      element.append(failure);
      setText(failure, error.message);
    }
  }

  return { element, show };
}

function makeButton(text, onclick, sign) {
  return h("button", { type: "button", class: "link-button", onclick }, sign && icon(sign), text);
}

/** "at 12.3 s · “low rah” was heard · 42% sure" */
function describe({ text, start, probability, raw, now }) {
  const heard = now?.change === "edit" ? text : !now && raw ? raw : null;
  const parts = [
    `at ${start.toFixed(1)} s`,
    heard !== null && `“${heard}” was heard`,
    now?.change === "edit" && "corrected by you",
    now?.change === "unrepair" && "repair undone",
    isDoubtful({ probability, raw, now }) && `may be misheard, ${Math.round(probability * 100)}% sure`,
  ];
  return parts.filter(Boolean).join(" · ");
}
