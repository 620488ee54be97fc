/** A list of interviews with their verdicts, to read, go on with or, where `canDelete`, delete. */

import { remove } from "../api.js";
import { h, icon } from "../dom.js";
import { day, plural } from "../format.js";
import { makeConfirm } from "./confirm.js";
import { tellRemoved } from "./transfer.js";
import { verdictBadge, verdictStrip } from "./verdict.js";

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
  const actions = [
    !finished && h("a", { class: "button", href: address }, started ? "Resume" : "Start"),
    canDelete && makeDeleteButton(id, title, (removed) => tellDeleted(row, removed)),
  ].filter(Boolean);
  const row = h(
    "li",
    {},
    h(
      "div",
      { class: "what" },
      h("a", { href: address }, title),
      h("span", { class: "dotted soft small" }, [day(created), amount].map((fact) => h("span", { class: "fact" }, fact))),
    ),
    finished &&
      h(
        "div",
        { class: "verdicts" },
        verdicts.length > 1 ? verdictStrip(verdicts) : verdicts.map((verdict) => verdictBadge(verdict)),
      ),
    actions.length > 0 && h("div", { class: "actions row" }, actions),
  );
  return row;
}

/** The proof stands where the interview stood, and the focus with it. */
function tellDeleted(row, removed) {
  const said = h("p", { class: "soft small", role: "status", tabIndex: -1 }, tellRemoved(removed));
  row.className = "deleted";
  row.replaceChildren(said);
  said.focus();
}

/** `deleted` is given what was removed; `words` stand beside the sign. */
export function makeDeleteButton(id, title, deleted, words = "") {
  const bin = h(
    "button",
    { type: "button", class: words ? "button" : "icon-button", title: "Delete", "aria-label": `Delete “${title}”` },
    icon("bin"),
    words,
  );
  return makeConfirm(bin, { yes: "Delete for good", run: async () => deleted(await remove(`/api/interviews/${id}`)) });
}
