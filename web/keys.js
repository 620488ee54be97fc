/**
 * The page's keys, and the map of them that "?" opens. While one writes they do nothing, or want Alt with them; they leave
 * Space to a focused button or link. Letters and signs can be switched off, for those who dictate to their machine.
 */

import { h } from "./dom.js";

const WRITES = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const PRESSES = "button, a, summary, input";
const NAMES = { " ": "Space", Escape: "Esc" };
const LETTERS_KEY = "hotseat.letters";

const bound = [];

/**
 * bindings: [{ key, what, run, writing }] with `key` as in KeyboardEvent, letters in lower case; `what` it does, for the map;
 * `writing`: Alt and the key do the same in a text field.
 */
export function bindKeys(bindings) {
  if (bound.length === 0) document.addEventListener("keydown", onKey);
  bound.push(...bindings);
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.repeat || document.querySelector("dialog[open]")) return;
  const isWriting = event.target.closest(WRITES) !== null;
  if (event.altKey !== isWriting || (event.key === " " && event.target.closest(PRESSES))) return;
  const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // With Alt a Mac writes another sign.
  const isPressed = ({ key }) => key === pressed || (isWriting && event.code === `Key${key.toUpperCase()}`);
  const binding = bound.find((entry) => isPressed(entry) && (entry.writing || !isWriting));
  if (!binding || (isLetter(binding.key) && !isWriting && !lettersWork())) return;
  event.preventDefault();
  binding.run();
}

const isLetter = (key) => key.length === 1 && key !== " ";
const lettersWork = () => localStorage.getItem(LETTERS_KEY) !== "off";

/** Opens the map. */
export function showKeys() {
  const rows = bound.filter(({ what }) => what).map(({ key, what }) => [NAMES[key] ?? key.toUpperCase(), what]);
  const writing = bound.filter(({ writing }) => writing).map(({ key }) => key.toUpperCase());
  if (writing.length > 0) rows.push(["Alt", `With ${writing.join(", ")}: the same while you type`]);
  const letters = h("input", {
    type: "checkbox",
    id: "letters",
    checked: lettersWork(),
    onchange: () => localStorage.setItem(LETTERS_KEY, letters.checked ? "on" : "off"),
  });
  const dialog = h(
    "dialog",
    { "aria-labelledby": "keys-title", onclose: () => dialog.remove() },
    h("h2", { id: "keys-title" }, "Keys"),
    h(
      "dl",
      { class: "keys" },
      [...rows, ["Tab", "Move through everything else"]].map(([key, what]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, what)]),
    ),
    h("p", { class: "choice" }, letters, h("label", { htmlFor: letters.id }, "Use letters as shortcuts")),
    h("form", { method: "dialog" }, h("button", { class: "button", autofocus: true }, "Close")),
  );
  document.body.append(dialog);
  dialog.showModal();
}
