/** The candidate's own notes on a round, saved while they write. */

import { put } from "../../api.js";
import { h, setText } from "../../dom.js";

const PAUSE_MS = 800;
const MAX_CHARS = 20_000;

export function makeNotes({ round, note }, address) {
  let saved = note?.text ?? "";
  let timer = null;
  const state = h("p", { class: "small soft", role: "status" });
  const field = h("textarea", { id: `note-${round}`, rows: 4, maxLength: MAX_CHARS, value: saved, oninput, onblur: save });

  function oninput() {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  }

  async function save() {
    clearTimeout(timer);
    const text = field.value;
    if (text === saved) return;
    setText(state, "Saving…");
    try {
      await put(`${address}/rounds/${round}/note`, { text }, { keepalive: true });
      saved = text;
      setText(state, "Saved.");
    } catch (error) {
      setText(state, `Not saved: ${error.message}`);
    }
  }

  addEventListener("pagehide", save);
  return h("div", { class: "field notes" }, h("label", { for: field.id, class: "unseen" }, "Your notes"), field, state);
}
