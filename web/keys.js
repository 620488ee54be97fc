/** The interview's keys. They do nothing while one writes, and leave Space to a focused button or link. */

const WRITES = "input, textarea, select, [contenteditable]";
const PRESSES = "button, a, summary";

/** bindings: [{ key, run }] with `key` as in KeyboardEvent, letters in lower case. */
export function bindKeys(bindings) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || document.querySelector("dialog[open]")) return;
    if (event.target.closest(WRITES) || (event.key === " " && event.target.closest(PRESSES))) return;
    const binding = bindings.find(({ key }) => key === (event.key.length === 1 ? event.key.toLowerCase() : event.key));
    if (!binding) return;
    event.preventDefault();
    binding.run();
  });
}
