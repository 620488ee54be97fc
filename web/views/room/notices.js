/** What the candidate should know, one line each: the connection, the microphone, and the server's notices. */

import { h, icon } from "../../dom.js";

export function makeNotices(store, controller) {
  const list = h("div", { class: "notices", role: "status" });
  let shown = "";

  store.addEventListener("change", () => {
    const items = [];
    if (store.offline) items.push({ sign: "warning", text: store.offline });
    if (store.micProblem)
      items.push({ sign: "mic-off", text: store.micProblem.text, action: microphoneAction(store, controller) });
    for (const { code, text } of store.notices) {
      items.push({ sign: "note", text, action: { label: "Dismiss", run: () => store.dismiss(code) } });
    }
    const now = JSON.stringify(items);
    if (now === shown) return;
    shown = now;
    list.replaceChildren(...items.map(makeNotice));
  });

  return list;
}

function microphoneAction(store, controller) {
  if (store.micProblem.kind !== "silent") return { label: "Try again", run: () => controller.speak() };
  return { label: "Type instead", run: () => controller.type() };
}

function makeNotice({ sign, text, action }) {
  return h(
    "div",
    { class: "notice" },
    icon(sign),
    h("p", {}, text),
    action && h("button", { type: "button", class: "link-button", onclick: action.run }, action.label),
  );
}
