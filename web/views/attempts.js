/** One question over and over: every attempt at it, and two of them side by side with the points gained and lost. */

import { get } from "../api.js";
import { h, problem } from "../dom.js";
import { day, plural } from "../format.js";
import { makeComparison } from "./attempts/comparison.js";
import { drillOf, makeTry } from "./review/practise_again.js";
import { verdictBadge } from "./verdict.js";

export async function show(page, topic, slug) {
  const address = `/api/attempts/${topic}/${slug}`;
  const { question, attempts } = await get(address);
  document.title = `${question.title}: attempts · Hotseat`;
  page.replaceChildren(
    h(
      "div",
      { class: "attempts stack" },
      h(
        "header",
        { class: "attempts-head stack" },
        h("div", {}, h("p", { class: "kicker" }, plural(attempts.length, "attempt")), h("h1", {}, question.title)),
        h("p", { class: "lead said" }, question.prompt),
        h("div", { class: "row" }, makeTry("Try this question again", drillOf(question), "button lit")),
      ),
      attempts.length === 0 &&
        h("p", {}, "You haven’t answered this question yet. Your attempts will appear here to compare."),
      attempts.length > 1 && makeChoice(address, attempts),
      attempts.length > 0 && makeAll(attempts),
    ),
  );
}

function makeAll(attempts) {
  return h(
    "section",
    { class: "stack", "aria-labelledby": "all-title" },
    h("h2", { id: "all-title" }, "All attempts"),
    makeList(attempts),
    attempts.length === 1 &&
      h("p", { class: "soft" }, "After a second attempt you’ll see which points you gained and lost."),
  );
}

function makeList(attempts) {
  return h(
    "ol",
    { class: "attempt-list", reversed: true },
    attempts
      .map(({ interview_id, round, interview, created, verdict, aside }, n) =>
        h(
          "li",
          {},
          h(
            "div",
            { class: "what" },
            h("a", { href: `/review/${interview_id}#round-${round}` }, `Attempt ${n + 1}`),
            h("span", { class: "soft small" }, `${day(created)} · ${interview}`),
          ),
          verdictBadge(verdict, { fallback: aside === "fallback" }),
        ),
      )
      .reverse(),
  );
}

/** Two lists to choose from, the latest two attempts chosen, and what that makes. */
function makeChoice(address, attempts) {
  const result = h("div", { class: "comparison-result", "aria-live": "polite" });
  const earlier = makeSelect("earlier", "Compare", attempts, attempts.length - 2);
  const later = makeSelect("later", "with", attempts, attempts.length - 1);

  async function draw() {
    const [first, second] = [earlier.select.value, later.select.value];
    try {
      const compared = await get(`${address}/compared?earlier=${first}&later=${second}`);
      if (first !== earlier.select.value || second !== later.select.value) return; // Chosen anew meanwhile.
      const names = [earlier.name(), later.name()];
      result.replaceChildren(makeComparison(compared, names));
    } catch (error) {
      result.replaceChildren(problem(error.message));
    }
  }
  earlier.select.addEventListener("change", draw);
  later.select.addEventListener("change", draw);
  draw();
  return h(
    "section",
    { class: "stack", "aria-labelledby": "compare-title" },
    h("h2", { id: "compare-title" }, "Side by side"),
    h("div", { class: "row choice" }, earlier.element, later.element),
    result,
  );
}

function makeSelect(id, label, attempts, chosen) {
  const select = h(
    "select",
    { id },
    attempts.map((attempt, n) =>
      h("option", { value: attempt.id, selected: n === chosen }, `Attempt ${n + 1} · ${day(attempt.created)}`),
    ),
  );
  const element = h("div", { class: "field" }, h("label", { htmlFor: id }, label), select);
  return { element, select, name: () => `Attempt ${select.selectedIndex + 1}` };
}
