/** What to do today: one thing first, with its button, and what else there is below it. One key begins each. */

import { h } from "../../dom.js";
import { date, plural } from "../../format.js";

const NAMED = 3;

/** `start` begins an interview. Gives the element, where to put what goes wrong, the buttons that begin something, their keys. */
export function makeToday({ due, plan, checkpoint }, bank, start) {
  const starters = [];
  const keys = [];

  /** `label` is shown, `what` in full is said and stands in the map of keys. */
  function makeButton(label, key, what, choices) {
    const begin = () => start(choices);
    const button = h(
      "button",
      { type: "button", class: "button", onclick: begin },
      h("span", {}, label, h("span", { class: "unseen" }, what.slice(label.length))),
      key && h("kbd", {}, key.toUpperCase()),
    );
    starters.push(button);
    if (key) keys.push({ key, what, run: () => !button.disabled && begin() });
    return button;
  }

  function makeDue() {
    const points = due.questions.reduce((sum, question) => sum + question.points, 0);
    if (points === 0) return null;
    const more = due.waiting > 0 ? ` ${plural(due.waiting, "more question")} can wait.` : "";
    return {
      title: `${plural(due.minutes, "minute")} of practice`,
      detail: `${named(due.questions.map(({ title }) => title))}: ${plural(points, "point")} you may be about to forget.${more}`,
      action: makeButton("Practise", "d", "Practise what is due", {
        format: due.format,
        question_ids: due.questions.map(({ id }) => id),
      }),
    };
  }

  function makePlanned() {
    if (!plan) return [];
    if (plan.days_left === 0)
      return [{ title: "Your interview is today", detail: "Nothing new now. Answer one question you know well, then rest." }];
    const tasks = plan.topics.map(makeLesson);
    const format = bank.formats.find(({ id }) => id === plan.practice);
    if (format?.needs_question) {
      tasks.push({
        title: "One question with the clock running",
        detail: "This week’s practice: any question you like.",
        action: link("#bank", "Choose a question"),
      });
    } else if (format) {
      const action = makeButton("Begin", "m", `Begin this week’s practice: ${format.title}`, { format: format.id });
      tasks.push({ title: format.title, detail: `This week’s practice. ${format.description}`, action });
    }
    return tasks;
  }

  function makeLesson({ title, question, answered, questions }, n) {
    const choices = { format: "drill", question_id: question.id };
    return {
      title,
      detail: `Next: ${question.title}. You have answered ${answered} of ${questions} questions on this topic.`,
      action: makeButton("Answer", n === 0 && "n", `Answer: ${question.title}`, choices),
    };
  }

  /** For days on which nothing else is to be done. */
  function makeAnyQuestion() {
    const core = bank.questions.filter(({ kind }) => kind === "core");
    const { id, title } = core[Math.floor(Math.random() * core.length)];
    return {
      title,
      detail: "One question for today: three minutes, with a follow-up.",
      action: makeButton("Answer", "n", `Answer: ${title}`, { format: "drill", question_id: id }),
    };
  }

  const checkpointTask = checkpoint && {
    title: `Day ${checkpoint.day}: ${checkpoint.title}`,
    detail: `${plural(checkpoint.left, "task")} left on your plan.`,
    action: link("/study#checkpoints", "See the tasks"),
  };
  const tasks = [makeDue(), ...makePlanned(), checkpointTask].filter(Boolean);
  const withButton = tasks.findIndex(({ action }) => action?.tagName === "BUTTON");
  const [first] = withButton < 0 ? [makeAnyQuestion()] : tasks.splice(withButton, 1);
  first.action.classList.add("lit", "primary");
  if (!plan) tasks.push({ title: "No study plan yet", detail: "Tell us your target role and interview date.", action: link("/study#plan", "Make a plan") });
  const place = h("div", { class: "below-button" });
  const element = h(
    "section",
    { class: "today", "aria-labelledby": "today-title" },
    h(
      "div",
      { class: "today-first sheet stack" },
      h("h1", { id: "today-title", class: "label" }, ["Today", plan && whereInPlan(plan)].filter(Boolean).join(" · ")),
      h("div", {}, h("h2", {}, first.title), h("p", { class: "lead" }, first.detail)),
      h("div", { class: "row" }, first.action),
      place,
    ),
    h(
      "ul",
      { class: "today-more" },
      tasks.map(({ title, detail, action }) => h("li", {}, h("div", {}, h("h3", {}, title), h("p", { class: "soft" }, detail)), action)),
      due.questions.length === 0 &&
        due.next &&
        h("li", {}, h("p", { class: "soft" }, `Nothing to repeat today. The next points are due on ${date(due.next)}.`)),
    ),
  );
  return { element, place, starters, keys };
}

const link = (href, text) => h("a", { class: "button", href }, text);

function whereInPlan({ week, weeks, days_left }) {
  if (days_left === 0) return "your interview";
  return `week ${week} of ${weeks}, ${plural(days_left, "day")} to go`;
}

function named(titles) {
  const rest = titles.length - NAMED;
  if (rest > 0) return `${titles.slice(0, NAMED).join(", ")} and ${rest} more`;
  return titles.length > 1 ? `${titles.slice(0, -1).join(", ")} and ${titles.at(-1)}` : titles[0];
}
