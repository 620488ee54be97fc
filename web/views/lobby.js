/** The start page: what is loading, what to do today, which interview to sit, a sound check, and the last interviews. */

import { begin, get } from "../api.js";
import { h, problem, svg } from "../dom.js";
import { bindKeys } from "../keys.js";
import { makeFormats } from "./lobby/formats.js";
import { makeBank } from "./lobby/bank.js";
import { makeOptions } from "./lobby/options.js";
import { makeReadiness } from "./lobby/readiness.js";
import { makeToday } from "./lobby/today.js";
import { makeInterviews } from "./interviews.js";
import { makeSoundCheck } from "./soundcheck.js";

const RECENT = 4;

export async function show(page) {
  const [bank, { interviews, total }, today] = await Promise.all(
    ["bank", "interviews?limit=20", "today"].map((name) => get(`/api/${name}`)),
  );
  const recent = interviews.filter((interview) => interview.started).slice(0, RECENT);
  const options = makeOptions(bank.tiers);
  const failure = h("div");
  const starters = [];

  async function start(choices) {
    failure.replaceChildren();
    try {
      await begin({ ...choices, ...options.chosen() });
    } catch (error) {
      failure.replaceChildren(problem(error.message));
    }
  }

  const drill = bank.formats.find((format) => format.needs_question);
  const todays = makeToday(today, bank.formats, start);
  const formats = makeFormats(bank, today.plan?.path, todays.starters.length === 0, start);
  const questions = makeBank(bank, (id) => start({ format: drill.id, question_id: id }));
  const soundCheck = makeSoundCheck();
  starters.push(...todays.starters, ...formats.starters, ...questions.starters);
  bindKeys([
    ...todays.keys,
    { key: "c", what: "Check the sound", run: soundCheck.open },
    { key: "/", what: "Search the questions", run: questions.search },
  ]);

  page.replaceChildren(
    h(
      "div",
      { class: todays.isNew ? "lobby" : "lobby returning" },
      h(
        "div",
        { class: "opening stack" },
        makeLamp(),
        h("h1", {}, "Sixty seconds, out loud."),
        h(
          "p",
          { class: "lead" },
          "An interviewer asks, listens, stops you at the limit, and then shows which of your words counted.",
        ),
        makeReadiness((isReady) => starters.forEach((starter) => (starter.disabled = !isReady))),
        failure,
      ),
      todays.element,
      h("div", { class: "formats" }, formats.elements, options.element),
      h(
        "div",
        { class: "aside stack" },
        soundCheck.element,
        recent.length > 0 &&
          h(
            "section",
            { class: "sheet stack", "aria-labelledby": "recent-title" },
            h("h2", { id: "recent-title" }, "Recent interviews"),
            makeInterviews(recent, { canDelete: false }),
            total > recent.length && h("p", {}, h("a", { href: "/past" }, `All ${total} interviews`)),
          ),
      ),
      drill && questions.element,
    ),
  );
}

/** The interview's clock, as an emblem. */
function makeLamp() {
  const circle = (name, r) => svg("circle", { class: name, cx: 100, cy: 100, r, pathLength: 1 });
  return svg(
    "svg",
    { class: "lamp", viewBox: "0 0 200 200", "aria-hidden": "true" },
    circle("disc", 99),
    circle("arc", 93),
    svg("text", { x: 98, y: 131 }, "48"),
  );
}
