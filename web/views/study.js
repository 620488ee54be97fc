/** Preparing, on three pages: the plan with its checkpoints, what to know, and how one rates oneself. */

import { begin, get } from "../api.js";
import { h, problem } from "../dom.js";
import { rememberedOptions } from "./lobby/options.js";
import { makeAssessment } from "./study/assessment.js";
import { makeCheckpoints } from "./study/checkpoints.js";
import { makeCompetencies } from "./study/competencies.js";
import { makeMap } from "./study/map.js";
import { addressOf, STUDY_PAGES } from "./study/pages.js";
import { makePlan } from "./study/plan.js";
import { makeTopics } from "./study/topics.js";

/** `name` is that of the page: "learn", "rate", or undefined for the plan. */
export async function show(page, name) {
  const own = addressOf(`/study${location.hash}`);
  if (location.hash && !own.startsWith(`${location.pathname}#`)) return location.replace(own);
  const failure = h("div");
  const { title, lead, parts } = await { learn, rate, plan }[name ?? "plan"](failure);
  document.title = `${title} · Hotseat`;
  page.replaceChildren(
    h(
      "div",
      { class: "study" },
      makePages(),
      h("header", { class: "study-head stack" }, h("h1", {}, title), h("p", { class: "lead" }, lead), failure),
      parts.map(([id, heading, element]) =>
        h(
          "section",
          { id, class: "part-of-study stack", "aria-labelledby": heading ? `${id}-title` : null },
          heading && h("h2", { id: `${id}-title` }, heading),
          element,
        ),
      ),
    ),
  );
}

function makePages() {
  return h(
    "nav",
    { class: "pages", "aria-label": "Study" },
    STUDY_PAGES.map(({ path, name }) =>
      h("a", { href: path, "aria-current": path === location.pathname ? "page" : null }, name),
    ),
  );
}

async function plan(failure) {
  const [bank, study, chosen, { checkpoints }] = await Promise.all(
    ["bank", "study", "plan", "checkpoints"].map((name) => get(`/api/${name}`)),
  );
  let path = chosen.choice?.path;
  const start = makeStart(failure, () => path);
  const tasks = makeCheckpoints(bank.formats, start);
  const planning = makePlan(bank, study.paths, start, async (fresh) => {
    path = fresh.choice?.path;
    tasks.draw((await get("/api/checkpoints")).checkpoints); // A plan dates them.
  });
  planning.draw(chosen);
  tasks.draw(checkpoints);
  return {
    title: "Study plan",
    lead: chosen.choice
      ? "What to practise on which day until your interview."
      : "Tell us your target role and interview date, and we’ll plan your weeks.",
    parts: [
      ["plan", null, planning.element],
      ["checkpoints", "Checkpoints", tasks.element],
    ],
  };
}

async function learn(failure) {
  const [bank, study, chosen] = await Promise.all(["bank", "study", "plan"].map((name) => get(`/api/${name}`)));
  const week = chosen.weeks?.find(({ current }) => current);
  const map = makeMap(bank.topics, week ? week.topics.map(({ topic }) => topic) : []);
  return {
    title: "What to know",
    lead: `${bank.topics.length} topics. Each has a core question: the one that every candidate should be able to answer.`,
    parts: [
      ["topics", "Topics", [makeSheetLink(), makeTopics(bank)]],
      ["graph", "How the topics build on each other", map],
      ["competencies", "What interviewers look for", makeCompetencies(bank, study.competencies, makeStart(failure))],
    ],
  };
}

async function rate() {
  const [bank, study, ratings] = await Promise.all(["bank", "study", "assessments"].map((name) => get(`/api/${name}`)));
  const assessment = makeAssessment(bank.topics, study.levels, () => {});
  assessment.draw(ratings);
  return {
    title: "Rate yourself",
    lead: "How sure are you of each topic? Your plan gives more days to the weak ones. Your answers show whether you’re right, and a second rating in a week shows what changed.",
    parts: [["assessment", null, assessment.element]],
  };
}

function makeSheetLink() {
  return h("p", {}, "Short of time? The ", h("a", { href: "/cheat-sheet" }, "cheat sheet"), " has every core question on one page.");
}

/** `path` gives that of the plan, which weights a full mock. */
function makeStart(failure, path = () => undefined) {
  return async (choices) => {
    failure.replaceChildren();
    try {
      await begin({ ...choices, path: choices.format === "full-mock" ? path() : undefined, ...rememberedOptions() });
    } catch (error) {
      failure.replaceChildren(problem(error.message));
      failure.scrollIntoView({ block: "center" });
    }
  };
}
