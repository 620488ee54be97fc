/** A button that asks once more in its own place before it does what can't be undone. */

import { h, problem } from "../dom.js";

/**
 * Escape or Keep goes back, and the focus goes along.
 * @param {HTMLElement} button
 * @param {{ yes: string, run: () => Promise<unknown>, question?: string }} options `run` may fail with an Error.
 */
export function makeConfirm(button, { question, yes, run }) {
  const place = h("span", { class: "row confirm" }, button);
  button.addEventListener("click", ask);

  function ask() {
    const keep = h("button", { type: "button", class: "button", onclick: restore }, "Keep");
    const go = h("button", { type: "button", class: "button alarm", onclick: confirmed }, yes);
    const asked = h(
      "span",
      { class: "row", role: "group", "aria-label": question ?? yes },
      question && h("span", {}, question),
      go,
      keep,
    );
    asked.addEventListener("keydown", ({ key }) => key === "Escape" && restore());
    place.replaceChildren(asked);
    keep.focus();
  }

  function restore() {
    place.replaceChildren(button);
    button.focus();
  }

  async function confirmed() {
    for (const element of place.querySelectorAll("button")) element.disabled = true;
    try {
      await run();
      if (place.isConnected) restore();
    } catch (error) {
      place.replaceChildren(problem(error.message));
    }
  }

  return place;
}
