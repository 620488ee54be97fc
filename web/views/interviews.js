/** A list of interviews with their verdicts, to read, go on with or, where `canDelete`, delete. */

import { remove } from "../api.js";
import { h, icon, problem } from "../dom.js";
import { day, plural } from "../format.js";
import { verdictBadge } from "./verdict.js";

export function makeInterviews(interviews, { canDelete }) {
  return h(
    "ol",
    { class: "interviews" },
    interviews.map((interview) => makeRow(interview, canDelete)),
  );
}

export function makeRow(interview, canDelete) {
  const { id, title, created, started, finished, rounds, answered, verdicts } = interview;
  const address = finished ? `/review/${id}` : `/interview/${id}`;
  const amount = finished || !started ? plural(rounds, "question") : `${answered} of ${rounds} answered`;
  const row = h(
    "li",
    {},
    h(
      "div",
      { class: "what" },
      h("a", { href: address }, title),
      h("span", { class: "soft small" }, `${day(created)} · ${amount}`),
    ),
    finished &&
      h(
        "div",
        { class: "verdicts" },
        verdicts.map((verdict) => verdictBadge(verdict)),
      ),
    h(
      "div",
      { class: "actions row" },
      !finished && h("a", { class: "button", href: address }, started ? "Resume" : "Start"),
      canDelete && makeDeleteButton(id, title, () => row.remove()),
    ),
  );
  return row;
}

/** Asks once more in its own place before it deletes. */
export function makeDeleteButton(id, title, deleted) {
  const place = h("span", { class: "row" });
  const bin = h(
    "button",
    { type: "button", class: "icon-button", title: "Delete", "aria-label": `Delete “${title}”`, onclick: ask },
    icon("bin"),
  );

  function ask() {
    const keep = h("button", { type: "button", class: "button", onclick: restore }, "Keep");
    place.replaceChildren(h("button", { type: "button", class: "button alarm", onclick: run }, "Delete for good"), keep);
    keep.focus();
  }

  function restore() {
    place.replaceChildren(bin);
    bin.focus();
  }

  async function run() {
    try {
      await remove(`/api/interviews/${id}`);
      deleted();
    } catch (error) {
      place.replaceChildren(problem(error.message));
    }
  }

  place.append(bin);
  return place;
}
