/** How the answers have developed: what it means and what to do next first, then the pictures. */

import { get } from "../api.js";
import { h } from "../dom.js";
import { date, plural, unbroken } from "../format.js";
import { makeDays } from "./progress/days.js";
import { makeLevels } from "./progress/levels.js";
import { makeTrends } from "./progress/trends.js";
import { makeVerdicts } from "./progress/verdicts.js";
import { SCALE, verdictBadge } from "./verdict.js";

/** Grades from which on a picture says more than a sentence. */
const ENOUGH = 3;

export async function show(page) {
  const progress = await get("/api/progress");
  document.title = "Progress · Hotseat";
  const { verdicts, unit, topics, competencies, practice } = progress;
  const count = countOf(verdicts);
  const hasPictures = count >= ENOUGH;
  page.replaceChildren(
    h(
      "div",
      { class: "progress" },
      h("header", { class: "stack" }, h("h1", {}, "Your progress"), count === 0 ? makeInvitation() : makeMeaning(progress, count)),
      hasPictures && [
        makePart("topics", "Your level by topic", makeLevels(topics)),
        makePart("competencies", "What interviewers look for", makeLevels(competencies, false)),
        makePart("verdicts", "Your verdicts over time", makeVerdicts(verdicts, unit)),
        h(
          "details",
          { class: "fold", id: "over-time" },
          h("summary", {}, h("h2", {}, "Each level over time")),
          h("div", { class: "stack" }, makeTrends([...topics, ...competencies], unit)),
        ),
      ],
      practice.total >= ENOUGH && makePart("days", "Days of practice", makeDays(practice)),
    ),
  );
}

function countOf(verdicts) {
  return verdicts.reduce((sum, period) => sum + Object.values(period.verdicts).reduce((a, b) => a + b, 0) + period.aside, 0);
}

/** "12 questions answered since 3 May. Strongest: RAG (4.2 of 5). Weakest: Agents (2.0 of 5)." and what to do next. */
function makeMeaning({ interviews, answers, verdicts, topics }, count) {
  const known = topics.filter(({ level }) => level !== null).sort((a, b) => b.level - a.level);
  const [best, weakest] = [known[0], known.at(-1)];
  const named = ({ title, level }) => `${title} ${unbroken(`(${level.toFixed(1)} of 5)`)}`;
  const sentences = [
    `You have answered ${plural(answers, "question")} in ${plural(interviews, "interview")} since ${unbroken(date(verdicts[0].from))}.`,
    known.length > 1 && `Strongest: ${named(best)}. Weakest: ${named(weakest)}.`,
    known.length === 1 && `Your level in ${named(best)} rests on ${plural(best.answers, "grade")}.`,
    count < ENOUGH && `Charts appear from ${ENOUGH} grades on.`,
  ];
  const next = weakest && (known.length > 1 || count < ENOUGH) ? weakest : null;
  return [
    h("p", { class: "lead" }, sentences.filter(Boolean).join(" ")),
    count < ENOUGH && h("p", { class: "row" }, verdictsOf(verdicts).map((verdict) => verdictBadge(verdict))),
    h(
      "div",
      { class: "row" },
      h(
        "a",
        { class: "button lit", href: next ? `/#topic-${next.id}` : "/" },
        next ? `Practise ${next.title}` : "Answer another question",
      ),
    ),
  ];
}

/** Each verdict as often as it was given, best first. */
function verdictsOf(periods) {
  return [...SCALE, "Not Assessable"]
    .reverse()
    .flatMap((verdict) => periods.flatMap(({ verdicts }) => Array(verdicts[verdict] ?? 0).fill(verdict)));
}

function makeInvitation() {
  return [
    h("p", { class: "lead" }, "No grades yet. Once you’ve answered a few questions you’ll see here:"),
    h(
      "ul",
      { class: "promises" },
      h("li", {}, "your level in each topic, next to how you rate yourself"),
      h("li", {}, "which topic to practise next"),
      h("li", {}, "how your verdicts change over time"),
    ),
    h("div", { class: "row" }, h("a", { class: "button lit", href: "/" }, "Answer a question")),
  ];
}

function makePart(id, title, element) {
  return h("section", { id, class: "stack", "aria-labelledby": `${id}-title` }, h("h2", { id: `${id}-title` }, title), element);
}
