/** What the candidate corrected and disputed in a round, what came of it, and which of the two grades is looked at. */

import { post } from "../../api.js";
import { h, icon, problem } from "../../dom.js";
import { day, plural } from "../../format.js";
import { verdictBadge } from "../verdict.js";

/** Two grades to choose from; nothing where there is one. `choose("first" | "amended")` shows the other. */
export function makeGradeChoice({ round, shown, choose }) {
  if (!round.amended) return null;
  const name = `grade-${round.round}`;
  const option = (value, label, grade, remark) =>
    h(
      "label",
      {},
      h("input", { type: "radio", name, value, checked: shown === value, onchange: () => choose(value) }),
      h("span", {}, label, " ", h("span", { class: "soft small" }, remark)),
      verdictBadge(grade?.verdict),
    );
  return h(
    "fieldset",
    { class: "grade-choice" },
    h("legend", { class: "label" }, "Two grades"),
    option("first", "As it was heard", round.grade, "This one counts"),
    option("amended", "With your corrections and disputes", round.amended, "Kept beside it, left out of your progress"),
  );
}

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
    h("p", {}, `${plural(count, "correction")} not graded yet. What you corrected is kept either way.`),
    button,
    failure,
  );
}

export function makeHistory({ history, round }) {
  if (history.length === 0) return null;
  return h(
    "section",
    { class: "history stack", "aria-labelledby": `history-${round}` },
    h("h3", { id: `history-${round}`, tabIndex: -1 }, "Corrections and disputes"),
    h("ol", {}, history.map(makeEntry)),
  );
}

function makeEntry({ kind, reason, verdict, ruling, made }) {
  return h(
    "li",
    {},
    h(
      "div",
      { class: "criterion-head" },
      h("p", {}, h("strong", {}, kind === "corrected" ? "Corrected" : ruling.upheld ? "Dispute upheld" : "Dispute not upheld")),
      h("p", { class: "small soft" }, day(made)),
    ),
    ruling ? makeRuling(ruling, reason) : h("p", {}, reason),
    h("p", { class: "small" }, h("span", { class: "soft" }, "Verdict with it: "), verdictBadge(verdict)),
  );
}

function makeRuling({ statement, quote, opinions }, reason) {
  return [
    h("p", {}, statement),
    h("p", {}, h("span", { class: "label" }, "You said: "), h("q", { class: "said" }, quote)),
    h("p", {}, h("span", { class: "label" }, "Your reason: "), reason),
    h(
      "ul",
      { class: "opinions" },
      opinions.map((opinion) => h("li", { class: "small" }, h("strong", {}, nameOf(opinion)), ` ${sayOf(opinion)}`)),
    ),
  ];
}

function nameOf({ grader }) {
  return grader === "embedded" ? "Built-in grader:" : `Second opinion (${grader}):`;
}

function sayOf({ status, reason }) {
  return status === null ? `none. ${reason}` : `${status}. ${reason}`;
}
