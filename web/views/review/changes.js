/** What the candidate corrected, disputed and answered in a round, and what came of it. */

import { post } from "../../api.js";
import { h, icon, problem } from "../../dom.js";
import { day, plural } from "../../format.js";
import { verdictBadge } from "../verdict.js";
import { NO, YES } from "./dispute.js";

/** Corrections that wait for a grade. `changed()` is called once there is one. */
export function makeGradeAgain({ round, address, changed }) {
  const count = round.ungraded_corrections;
  if (count === 0) return null;
  const failure = h("div");
  const button = h("button", { type: "button", class: "button lit", onclick: gradeAgain }, icon("again"), "Grade again");

  async function gradeAgain() {
    button.disabled = true;
    button.lastChild.textContent = "Grading…";
    try {
      await post(`${address}/rounds/${round.round}/grade`);
      await changed();
    } catch (error) {
      failure.replaceChildren(problem(error.message));
      button.disabled = false;
      button.lastChild.textContent = "Grade again";
    }
  }

  return h(
    "div",
    { class: "grade-again" },
    h("p", {}, `${plural(count, "correction")} not graded yet.`),
    button,
    failure,
  );
}

/** The first verdict and every change to it, oldest first. */
export function makeHistory({ history, first_verdict, round }) {
  if (history.length === 0) return null;
  return h(
    "div",
    { class: "history", id: `history-${round}` },
    first_verdict && h("p", { class: "row" }, h("strong", {}, "Original grade"), verdictBadge(first_verdict)),
    h("ol", {}, history.map(makeEntry)),
  );
}

function makeEntry(entry) {
  return h(
    "li",
    {},
    h(
      "div",
      { class: "criterion-head" },
      h("p", {}, h("strong", {}, titleOf(entry)), h("span", { class: "small soft" }, ` ${day(entry.made)}`)),
      verdictBadge(entry.verdict),
    ),
    entry.ruling ? makeRuling(entry) : h("p", {}, entry.reason),
  );
}

function titleOf({ kind, said, ruling }) {
  if (kind === "corrected") return "Corrected";
  if (kind === "answered") return said ? YES : NO;
  return `${YES}: ${ruling.upheld ? "accepted" : "not accepted"}`;
}

/** Old disputes have a reason of the candidate's, and graders' opinions in place of one reason why. */
function makeRuling({ statement, reason, ruling: { quote, why, opinions } }) {
  const because = why ?? opinions?.map((opinion) => opinion.reason).join(" ");
  return [
    h("p", {}, statement),
    h("p", {}, h("span", { class: "label" }, "You said: "), h("q", { class: "said" }, quote)),
    reason && h("p", {}, h("span", { class: "label" }, "Your reason: "), reason),
    because && h("p", { class: "small" }, because),
  ];
}
