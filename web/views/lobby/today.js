/** What to do today: practice that is due, the plan's work, a checkpoint. One key begins each. */

import { h } from "../../dom.js";
import { date, plural } from "../../format.js";

const NAMED = 3;

/** `start` begins an interview. Gives the element, the buttons that begin something, their keys, and whether all is empty. */
export function makeToday({ due, plan, checkpoint }, formats, start) {
  const starters = [];
  const keys = [];

  /** `label` is shown, `what` in full is said and stands in the map of keys. */
  function makeButton(label, key, what, choices) {
    const begin = () => start(choices);
    const button = h(
      "button",
      { type: "button", class: starters.length === 0 ? "button lit" : "button", onclick: begin },
      h("span", {}, label, h("span", { class: "unseen" }, what.slice(label.length))),
      key && h("kbd", {}, key.toUpperCase()),
    );
    starters.push(button);
    if (key) keys.push({ key, what, run: () => !button.disabled && begin() });
    return button;
  }

  function makeDue() {
    const points = due.questions.reduce((sum, question) => sum + question.points, 0);
    if (points === 0) return due.next && makeRow("Nothing to repeat today", `The next points are due on ${date(due.next)}.`);
    const more = due.waiting > 0 ? ` ${plural(due.waiting, "more question")} can wait.` : "";
    return makeRow(
      `${plural(due.minutes, "minute")} of practice`,
      `${named(due.questions.map(({ title }) => title))}: ${plural(points, "point")} you may be about to forget.${more}`,
      makeButton("Practise", "d", "Practise what is due", {
        format: due.format,
        question_ids: due.questions.map(({ id }) => id),
      }),
    );
  }

  function makePlanned() {
    if (!plan) return makeRow("No plan yet", "Say which role you go for, and when.", link("/study#plan", "Make a plan"));
    const rows = plan.topics.map(makeLesson);
    const format = formats.find(({ id }) => id === plan.practice);
    if (format?.needs_question) {
      rows.push(makeRow("A drill under the clock", "This week’s practice: any question below.", null));
    } else if (format) {
      const button = makeButton("Begin", "m", `Begin: ${format.title}`, { format: format.id });
      rows.push(makeRow(format.title, "This week’s practice, under the clock.", button));
    }
    if (plan.days_left === 0)
      return makeRow("The interview is today", "Nothing new now. Breathe, and say it in sixty seconds.");
    return rows.length > 0 ? rows : makeRow("A free day", "The plan keeps five days a week.", link("/study#plan", "The plan"));
  }

  function makeLesson({ title, question, answered, questions }, n) {
    const choices = { format: "drill", question_id: question.id };
    const button = makeButton("Drill", n === 0 && "n", `Drill: ${question.title}`, choices);
    return makeRow(title, `${question.title}. ${answered} of ${questions} questions answered so far.`, button);
  }

  const rows = [
    makeDue(),
    makePlanned(),
    checkpoint &&
      makeRow(
        `Day ${checkpoint.day}: ${checkpoint.title}`,
        `${plural(checkpoint.left, "task")} left.`,
        link("/study#checkpoints", "See the tasks"),
      ),
  ];
  const element = h(
    "section",
    { class: "today sheet", "aria-labelledby": "today-title" },
    h(
      "div",
      { class: "today-head" },
      h("h2", { id: "today-title" }, "Today"),
      plan && h("p", { class: "soft small" }, whereInPlan(plan)),
    ),
    h("ul", {}, rows),
  );
  return { element, starters, keys, isNew: !plan && due.questions.length === 0 && !due.next };
}

function makeRow(title, detail, action) {
  return h("li", {}, h("div", {}, h("h3", {}, title), h("p", { class: "soft" }, detail)), action);
}

const link = (href, text) => h("a", { class: "button", href }, text);

function whereInPlan({ week, weeks, days_left }) {
  if (days_left === 0) return "The day itself";
  return `Week ${week} of ${weeks} · ${plural(days_left, "day")} to the interview`;
}

function named(titles) {
  const rest = titles.length - NAMED;
  if (rest > 0) return `${titles.slice(0, NAMED).join(", ")} and ${rest} more`;
  return titles.length > 1 ? `${titles.slice(0, -1).join(", ")} and ${titles.at(-1)}` : titles[0];
}
