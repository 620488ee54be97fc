/** The plan: which path, until when, and what that makes of each week. */

import { put } from "../../api.js";
import { h, problem, setText } from "../../dom.js";
import { date, days, plural } from "../../format.js";
import { TERMS } from "../../text.js";

const DAY_MS = 86_400_000;
const MOST_WEEKS = 26;

/** Calls `changed` with the plan after another was chosen. */
export function makePlan(bank, paths, start, changed) {
  const titles = new Map(bank.topics.map((topic) => [topic.id, topic.title]));
  const formats = new Map(bank.formats.map((format) => [format.id, format]));
  const result = h("div", { class: "stack" });
  const form = makeForm(paths, async (wanted) => {
    const plan = await put("/api/plan", wanted);
    draw(plan);
    changed(plan);
    result.querySelector("h2").focus();
  });
  const summary = h("summary", {});
  const fold = h("details", { class: "plan-choice", open: true }, summary, form.element);
  const element = h("div", { class: "stack" }, result, fold);

  function draw(plan) {
    const { choice } = plan;
    setText(summary, choice ? "Change your plan" : "Choose a role and a date");
    fold.open = !choice;
    form.fill(choice);
    result.hidden = !choice;
    if (!choice) return;
    const path = paths.find((entry) => entry.id === choice.path);
    result.replaceChildren(
      h(
        "div",
        {},
        h("h2", { tabIndex: -1 }, `${path.title}, ${plural(choice.weeks, "week")}`),
        h(
          "p",
          { class: "soft" },
          `${whenIsIt(plan)} Five days a week, one of them a timed interview. Extra practice goes to your weakest topics.`,
        ),
      ),
      h("ol", { class: "weeks" }, plan.weeks.map(makeWeek)),
      ...makeLeftOut(plan.left_out.map((topic) => titles.get(topic))),
    );
  }

  function makeWeek(week) {
    const practice = formats.get(week.practice);
    const topics = week.topics.map(({ topic, days: count }) =>
      makeBlock(count, "learning", h("a", { href: `/study/learn#topic-${topic}` }, titles.get(topic)), days(count)),
    );
    const begin = practice.needs_question
      ? h("a", { href: `/#topic-${week.topics[0].topic}` }, "Questions on these topics")
      : h("button", { type: "button", class: "link-button", onclick: () => start({ format: practice.id }) }, practice.title);
    return h(
      "li",
      { class: week.current ? "week current" : "week", "aria-current": week.current ? "date" : undefined },
      h(
        "p",
        { class: "week-head" },
        h("strong", {}, `Week ${week.number}`),
        h("span", { class: "soft small" }, `${date(week.first)} – ${date(week.last)}`),
        week.current && h("span", { class: "now-mark small" }, "This week"),
      ),
      h("ul", { class: "days" }, topics, makeBlock(week.practice_days, "practice", begin, "timed")),
      h("p", { class: "soft small" }, week.focus.join(" ")),
    );
  }

  return { element, draw };
}

function makeBlock(count, kind, what, amount) {
  const block = h("li", { class: `block ${kind}` }, what, h("span", { class: "small" }, amount));
  block.style.setProperty("--days", count);
  return block;
}

function makeLeftOut(titles) {
  if (titles.length === 0) return [];
  return [
    h(
      "p",
      { class: "soft small" },
      `Left out because time is short: ${titles.join(", ")}. Read them on the `,
      h("a", { href: "/cheat-sheet" }, "cheat sheet"),
      ", so you can say what they are.",
    ),
  ];
}

function whenIsIt({ choice, days_left }) {
  if (days_left < 0) return `Your interview was on ${date(choice.interview)}.`;
  if (days_left === 0) return "Your interview is today.";
  return `${plural(days_left, "day")} until your interview on ${date(choice.interview)}.`;
}

/** Weeks and date are two views of one choice: whichever was changed last is sent, the other follows. */
function makeForm(paths, submit) {
  const radios = paths.map((path) => makePath(path));
  const weeks = h("input", {
    type: "number",
    id: "plan-weeks",
    min: 1,
    max: MOST_WEEKS,
    step: 1,
    required: true,
    oninput: followWeeks,
  });
  const when = h("input", { type: "date", id: "plan-date", required: true, oninput: followDate });
  const failure = h("div");
  let isByDate = false;

  function followWeeks() {
    isByDate = false;
    if (weeks.validity.valid) when.value = isoDay(Date.now() + weeks.valueAsNumber * 7 * DAY_MS);
  }

  function followDate() {
    isByDate = true;
    if (when.value)
      weeks.value = Math.min(
        MOST_WEEKS,
        Math.max(1, Math.ceil((when.valueAsDate - Date.parse(isoDay(Date.now()))) / DAY_MS / 7)),
      );
  }

  async function send(event) {
    event.preventDefault();
    failure.replaceChildren();
    const path = radios.find(({ input }) => input.checked).input.value;
    try {
      await submit({ path, ...(isByDate ? { date: when.value } : { weeks: weeks.valueAsNumber }) });
    } catch (error) {
      failure.replaceChildren(problem(error.message));
    }
  }

  function fill(choice) {
    const chosen = choice?.path ?? paths[0].id;
    for (const { input } of radios) input.checked = input.value === chosen;
    const path = paths.find((entry) => entry.id === chosen);
    weeks.value = path.week.length;
    followWeeks();
    if (!choice) return;
    when.value = choice.interview;
    followDate();
  }

  const element = h(
    "form",
    { class: "stack", onsubmit: send },
    h(
      "fieldset",
      {},
      h("legend", { class: "label" }, "Target role"),
      h("p", { class: "soft small" }, `Each has its own path: ${TERMS.path}`),
      h(
        "div",
        { class: "paths" },
        radios.map(({ element }) => element),
      ),
    ),
    h(
      "div",
      { class: "row until" },
      h("div", { class: "field" }, h("label", { htmlFor: weeks.id }, "Weeks until the interview"), weeks),
      h("div", { class: "field" }, h("label", { htmlFor: when.id }, "or the date"), when),
      h("button", { class: "button lit" }, "Make the plan"),
    ),
    failure,
  );
  return { element, fill };
}

function makePath({ id, title, roles, companies, week }) {
  const input = h("input", { type: "radio", name: "path", value: id, required: true });
  const element = h(
    "label",
    { class: "path" },
    input,
    h(
      "span",
      {},
      h("strong", {}, roles.join(", ")),
      h("span", { class: "soft small" }, `${title}: ${plural(week.length, "week")} of study, for ${companies}.`),
    ),
  );
  return { element, input };
}

/** The local day of a moment, as a date field has it. */
function isoDay(moment) {
  const at = new Date(moment);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}
