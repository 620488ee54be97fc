/** The start page: what is loading, which interview to sit, a sound check, and the last interviews. */

import { begin, get } from "../api.js";
import { h, problem, svg } from "../dom.js";
import { makeBank } from "./lobby/bank.js";
import { makeOptions } from "./lobby/options.js";
import { makeReadiness } from "./lobby/readiness.js";
import { makeInterviews } from "./interviews.js";
import { makeSoundCheck } from "./soundcheck.js";

const RECENT = 4;

export async function show(page) {
  const [bank, { interviews }] = await Promise.all([get("/api/bank"), get("/api/interviews")]);
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

  const whole = bank.formats.filter((format) => !format.needs_question);
  const drill = bank.formats.find((format) => format.needs_question);
  const formats = whole.map((format, n) => {
    const button = h(
      "button",
      { type: "button", class: n === 0 ? "button lit" : "button", onclick: () => start({ format: format.id }) },
      "Begin",
    );
    starters.push(button);
    return h(
      "li",
      { class: "format" },
      h("div", {}, h("h3", {}, format.title), h("p", { class: "soft" }, format.description)),
      h("p", { class: "soft small figures" }, `${format.minutes} minutes`),
      button,
    );
  });
  const questions = makeBank(bank, (id) => start({ format: drill.id, question_id: id }));
  starters.push(...questions.starters);

  page.replaceChildren(
    h(
      "div",
      { class: "lobby" },
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
      h(
        "section",
        { class: "formats", "aria-labelledby": "formats-title" },
        h("h2", { id: "formats-title" }, "Sit a mock"),
        h("ol", {}, formats),
        options.element,
      ),
      drill && questions.element,
      h(
        "div",
        { class: "aside stack" },
        makeSoundCheck().element,
        recent.length > 0 &&
          h(
            "section",
            { class: "sheet stack", "aria-labelledby": "recent-title" },
            h("h2", { id: "recent-title" }, "Recent interviews"),
            makeInterviews(recent, { canDelete: false }),
            interviews.length > recent.length && h("p", {}, h("a", { href: "/past" }, `All ${interviews.length} interviews`)),
          ),
      ),
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
