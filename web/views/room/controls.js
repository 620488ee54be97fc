/** The one large action of the moment, the smaller ones beside it, and their keys. */

import { announce, h, setText } from "../../dom.js";
import { bindKeys, showKeys } from "../../keys.js";
import { isTickWanted, wantTick } from "../../tick.js";

/** `typed` is the written answer, which the large button sends while one types. */
export function makeControls(store, controller, typed) {
  const label = h("span");
  const key = h("kbd");
  const primary = h("button", { type: "button", class: "button lit primary", onclick: () => press() }, label, key);
  const button = (text, key, run) =>
    h("button", { type: "button", class: "button", onclick: run }, h("span", {}, text), " ", key && h("kbd", {}, key));
  const again = button("Repeat", "R", () => request("repeat"));
  again.title = "Hear the question again";
  const ask = button("Ask", "A", () => controller.ask());
  const think = button("Think", "M", () => request("think"));
  think.title = "Half a minute to think; the clock stops";
  const type = button("Type", "T", startOrSwitch);
  const speak = button("Speak", "Esc", () => controller.speak());
  speak.classList.add("speak");
  const hint = button("Hint", "H", showHint);
  for (const works of [again, ask, think, hint]) works.classList.add("while-typing");
  const skip = button("Skip", "S", () => controller.skip());
  const end = button("End", "Esc", () => ending.showModal());
  const help = button("Keys", "?", showKeys);
  help.classList.add("keys-help");
  const ending = makeEnding(controller, typed);

  function press() {
    primaryAction(store, controller, typed).run?.();
  }

  /** Before the start: without asking for a microphone at all. */
  function startOrSwitch() {
    if (store.phase !== "ready") controller.type();
    else if (canStart(store)) controller.startTyping();
  }

  /** The caret goes back to the answer that somebody was writing. */
  function request(act) {
    controller.request(act);
    if (store.typing) typed.enter();
  }

  function showHint() {
    controller.hint();
    if (store.typing) typed.enter();
  }

  function switchTick() {
    wantTick(!isTickWanted());
    announce(isTickWanted() ? "The tick is on." : "The tick is off.");
  }

  const whenOpen = (run) => () => store.isOpen && run();
  bindKeys([
    { key: " ", what: "The large button: start, answer now, done", run: press },
    { key: "t", what: "Type the answer instead", run: startOrSwitch },
    { key: "r", what: "Hear the question again", run: () => request("repeat"), writing: true },
    { key: "a", what: "Ask what the question means, in writing", run: () => controller.ask(), writing: true },
    { key: "m", what: "Half a minute to think; the clock stops", run: () => request("think"), writing: true },
    { key: "h", what: "Show a hint, if there are any", run: whenOpen(showHint), writing: true },
    { key: "k", what: "Turn the tick of the last ten seconds on or off", run: switchTick },
    { key: "s", what: "Skip this question", run: whenOpen(() => controller.skip()) },
    { key: "Escape", what: "End the interview; while typing, speak again", run: () => !end.hidden && ending.showModal() },
  ]);

  store.addEventListener("change", () => {
    const action = primaryAction(store, controller, typed);
    setText(label, action.label);
    setText(key, action.key ?? "Space");
    key.hidden = primary.disabled = !action.run;
    const { isOpen, parted } = store;
    again.hidden = !store.canRequest("repeat") || store.asking;
    ask.hidden = !store.canRequest("clarify") && !(isOpen && store.asking);
    setText(ask.firstElementChild, store.asking ? "Answer" : "Ask");
    ask.title = store.asking ? "Back to your answer" : "Ask what the question means";
    think.hidden = !store.canRequest("think") || store.asking;
    type.hidden = !(isOpen || canStart(store)) || store.typing;
    speak.hidden = !isOpen || !store.typing || store.asking;
    speak.querySelector("kbd").hidden = !store.micOpen; // Esc alone opens none.
    hint.hidden = !isOpen || store.phase === "asking" || !store.state.hints_left;
    skip.hidden = !isOpen;
    end.hidden = ["connecting", "ready", "grading", "finished"].includes(store.phase) || parted;
  });

  return h(
    "div",
    { class: "controls" },
    primary,
    h("div", { class: "row" }, again, ask, think, type, speak, hint, skip, end, help),
    ending,
  );
}

/** Without a connection the start would be lost, and the microphone's module with it for as long as the page is open. */
function canStart(store) {
  return store.phase === "ready" && !store.offline;
}

/** What the large button and the space bar do now; without `run` there is nothing to do but wait. */
function primaryAction(store, controller, typed) {
  if (["taken", "idle"].includes(store.parted)) return { label: "Continue here", run: () => controller.takeBack() };
  if (store.parted) return { label: "Your other interviews", run: () => location.assign("/past") };
  if (store.typing && store.isOpen) return { label: store.asking ? "Ask this" : "Send this answer", key: "Ctrl + Enter", run: typed.send };
  if (store.soundLocked && store.phase === "answering")
    return { label: "Turn the microphone on", run: () => controller.unlock() };
  if (store.soundLocked) return { label: "Turn the sound on", run: () => controller.unlock() };
  switch (store.phase) {
    case "ready":
      if (!canStart(store)) return { label: "One moment" };
      return store.micProblem
        ? { label: "Start and type the answers", run: () => controller.startTyping() }
        : { label: "Start", run: () => controller.start() };
    case "asking":
      return { label: "Answer now", run: () => controller.answerNow() };
    case "thinking":
      return { label: "I’m answering", run: () => controller.answerNow() };
    case "answering":
      return { label: "Done", run: () => controller.done() };
    case "grading":
    case "finished":
      return {
        label: "Read the review",
        run: () => location.replace(location.pathname.replace("interview", "review")),
      };
    default:
      return { label: "One moment" };
  }
}

function makeEnding(controller, typed) {
  const end = () => {
    typed.sendDraft();
    controller.end();
  };
  const dialog = h(
    "dialog",
    { "aria-labelledby": "ending-title" },
    h("h2", { id: "ending-title" }, "End the interview?"),
    h("p", {}, "What you’ve said so far is kept and graded. The clock keeps running."),
    h(
      "form",
      { method: "dialog", class: "row" },
      h("button", { class: "button lit" }, "Keep going"),
      h("button", { class: "button alarm", onclick: end }, "End it now"),
    ),
  );
  return dialog;
}
