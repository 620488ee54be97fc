/** The interview room. */

import { get } from "../api.js";
import { InterviewController } from "../controller.js";
import { announce, h } from "../dom.js";
import { bindKeys } from "../keys.js";
import { InterviewStore } from "../store.js";
import { makeCaptions } from "./room/captions.js";
import { makeClock } from "./room/clock.js";
import { makeControls } from "./room/controls.js";
import { makeGrading } from "./room/grading.js";
import { makeNotices } from "./room/notices.js";
import { makeQuestion } from "./room/question.js";
import { makeReady } from "./room/before_start.js";
import { makeTyped } from "./room/typed_answer.js";
import { announcement } from "./room/phase_text.js";

const REVIEW_AFTER_MS = 4_000;
/** A close that is still being spoken is heard to its end, if it is no longer than this. */
const CLOSE_MS = 10_000;

export async function show(page, id) {
  const review = await get(`/api/interviews/${id}`);
  if (review.finished) return location.replace(`/review/${id}`);
  document.title = `${review.title} · Hotseat`;

  const store = new InterviewStore();
  const controller = new InterviewController(id, store);
  const ready = await makeReady(store, controller, review);
  const typed = makeTyped(store, controller);
  const talk = h("div", { class: "talk" }, makeQuestion(store), typed.element, makeCaptions(store, controller));
  const turn = h("div", { class: "turn" }, makeClock(store, () => controller.tick()), talk);
  const grading = makeGrading(store, id);
  const room = h(
    "div",
    { class: "room" },
    ready.element,
    turn,
    grading,
    // What comes up during an answer comes up from below: nothing above it moves.
    h("div", { class: "foot" }, makeNotices(store, controller), makeControls(store, controller, typed)),
  );

  let phase = null;
  store.addEventListener("change", () => {
    // A room that another tab has taken must not look as if it listened.
    room.dataset.phase = store.parted ? "parted" : store.phase;
    room.classList.toggle("typing", store.typing && store.isOpen);
    const isGrading = ["grading", "finished"].includes(store.phase);
    ready.element.hidden = store.phase !== "ready";
    grading.hidden = !isGrading;
    turn.hidden = !grading.hidden || !ready.element.hidden || store.phase === "connecting";
    if (store.state && store.phase !== phase) {
      phase = store.phase;
      announce(announcement(store));
      if (phase === "finished") leave(performance.now());
    }
  });
  function leave(since) {
    setTimeout(() => {
      const isHeard = !store.saying || performance.now() - since > CLOSE_MS;
      if (isHeard) location.replace(`/review/${id}`);
      else leave(since);
    }, REVIEW_AFTER_MS);
  }
  bindKeys([{ key: "c", what: "Test the microphone, before the start", run: ready.checkSound }]);
  store.set({});
  page.replaceChildren(room);
}
