/** Preparing: the plan, checkpoints, how one rates oneself, the map of topics, and what interviewers listen for. */

import { begin, get } from "../api.js";
import { h, problem } from "../dom.js";
import { rememberedOptions } from "./lobby/options.js";
import { makeAssessment } from "./study/assessment.js";
import { makeCheckpoints } from "./study/checkpoints.js";
import { makeCompetencies } from "./study/competencies.js";
import { makeMap } from "./study/map.js";
import { makePlan } from "./study/plan.js";
import { makeTopics } from "./study/topics.js";

export async function show(page) {
  const [bank, study, ratings, plan, { checkpoints }] = await Promise.all(
    ["bank", "study", "assessments", "plan", "checkpoints"].map((name) => get(`/api/${name}`)),
  );
  document.title = "Study · Hotseat";
  const failure = h("div");

  async function start(choices) {
    failure.replaceChildren();
    const path = choices.format === "full-mock" ? currentPath : undefined;
    try {
      await begin({ ...choices, path, ...rememberedOptions() });
    } catch (error) {
      failure.replaceChildren(problem(error.message));
      failure.scrollIntoView({ block: "center" });
    }
  }

  // A rating moves time in the plan; a plan dates the checkpoints and lights this week's topics.
  let currentPath;
  const map = makeMap(bank.topics);
  const tasks = makeCheckpoints(bank.formats, start);
  const planning = makePlan(bank, study.paths, start, async (chosen) => {
    takePlan(chosen);
    tasks.draw((await get("/api/checkpoints")).checkpoints);
  });
  const assessment = makeAssessment(bank.topics, study.levels, async () => {
    const fresh = await get("/api/plan");
    planning.draw(fresh);
    takePlan(fresh);
  });

  function takePlan(chosen) {
    currentPath = chosen.choice?.path;
    const week = chosen.weeks?.find((week) => week.current);
    map.light(week ? week.topics.map((entry) => entry.topic) : []);
  }

  assessment.draw(ratings);
  planning.draw(plan);
  takePlan(plan);
  tasks.draw(checkpoints);

  const sections = [
    ["plan", "Plan", planning.element],
    ["checkpoints", "Checkpoints", tasks.element],
    ["assessment", "Self-assessment", assessment.element],
    ["graph", "Map of topics", map.element],
    ["topics", "Topics", makeTopics(bank)],
    ["competencies", "What they listen for", makeCompetencies(bank, study.competencies, start)],
  ];
  page.replaceChildren(
    h(
      "div",
      { class: "study" },
      h(
        "header",
        { class: "study-head stack" },
        h("h1", {}, "Know where you stand."),
        h("p", { class: "lead" }, "Eleven topics, the weeks you have, and an honest look at what is missing."),
        failure,
      ),
      makeContents(sections),
      h(
        "div",
        { class: "parts" },
        sections.map(([id, title, element]) =>
          h(
            "section",
            { id, class: "part-of-study stack", "aria-labelledby": `${id}-title` },
            h("h2", { id: `${id}-title` }, title),
            element,
          ),
        ),
      ),
    ),
  );
}

function makeContents(sections) {
  return h(
    "nav",
    { class: "contents", "aria-label": "On this page" },
    h(
      "ul",
      {},
      sections.map(([id, title]) => h("li", {}, h("a", { href: `#${id}` }, title))),
      h("li", {}, h("a", { href: "/cheat-sheet" }, "Cheat sheet")),
    ),
  );
}
