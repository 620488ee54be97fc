/** How the answers have developed: verdicts, topics and competencies over time, and the days on which one practised. */

import { get } from "../api.js";
import { h } from "../dom.js";
import { date, plural } from "../format.js";
import { makeDays } from "./progress/days.js";
import { makeStandings } from "./progress/standing.js";
import { makeVerdicts } from "./progress/verdicts.js";

export async function show(page) {
  const progress = await get("/api/progress");
  document.title = "Progress · Hotseat";
  const { verdicts, answers, unit, topics, competencies, practice } = progress;
  page.replaceChildren(
    h(
      "div",
      { class: "progress" },
      h(
        "header",
        { class: "stack" },
        h("h1", {}, "What has changed."),
        h("p", { class: "lead" }, verdicts.length > 0 ? summary(progress) : makeInvitation()),
      ),
      verdicts.length > 0 && [
        makePart("verdicts", "Verdicts", makeVerdicts(verdicts, unit)),
        makePart("topics", "Topics", makeStandings(topics, unit)),
        makePart("competencies", "What they listen for", makeStandings(competencies, unit)),
      ],
      answers > 0 && makePart("days", "Days of practice", makeDays(practice)),
    ),
  );
}

function summary({ interviews, answers, verdicts }) {
  return `${plural(answers, "question")} answered in ${plural(interviews, "interview")} since ${date(verdicts[0].from)}.`;
}

function makeInvitation() {
  return [
    "Nothing has been graded yet. ",
    h("a", { href: "/" }, "Answer a first question"),
    ", and its verdict starts a line here.",
  ];
}

function makePart(id, title, element) {
  return h("section", { id, class: "stack", "aria-labelledby": `${id}-title` }, h("h2", { id: `${id}-title` }, title), element);
}
