/** The start page. Somebody new finds what this is and one button; whoever returns, what is due today. */

import { begin, get } from "../api.js";
import { h, problem } from "../dom.js";
import { bindKeys } from "../keys.js";
import { makeBank } from "./lobby/bank.js";
import { makeFormats } from "./lobby/formats.js";
import { makeOptions } from "./lobby/options.js";
import { makeReadiness } from "./lobby/readiness.js";
import { makeToday } from "./lobby/today.js";
import { makeWelcome } from "./lobby/welcome.js";
import { makeInterviews } from "./interviews.js";

const RECENT = 4;

export async function show(page) {
  const [bank, { interviews, total }, today] = await Promise.all(
    ["bank", `interviews?limit=${RECENT}`, "today"].map((name) => get(`/api/${name}`)),
  );
  const options = makeOptions(bank.tiers);
  const failure = h("div");
  const starters = [];

  async function start(choices) {
    failure.replaceChildren();
    try {
      await begin({ ...choices, ...options.chosen() });
    } catch (error) {
      failure.replaceChildren(problem(error.message));
      failure.scrollIntoView({ block: "nearest" });
    }
  }

  const isNew = total === 0 && !today.plan && !today.due.next && today.due.questions.length === 0;
  const readiness = makeReadiness((isReady) => starters.forEach((starter) => (starter.disabled = !isReady)));
  const lead = isNew ? makeWelcome(start) : makeToday(today, bank, start);
  const formats = makeFormats(bank, today.plan?.path, start);
  const questions = makeBank(bank, (id) => start({ format: "drill", question_id: id }));
  starters.push(...lead.starters, ...formats.starters, ...questions.starters);
  bindKeys([...lead.keys, { key: "/", what: "Search the questions", run: questions.search }]);
  lead.place.append(readiness, failure);

  page.replaceChildren(
    h(
      "div",
      { class: "lobby" },
      lead.element,
      formats.element,
      options.element,
      interviews.length > 0 && makeRecent(interviews, total),
      questions.element,
    ),
  );
}

function makeRecent(interviews, total) {
  return h(
    "section",
    { class: "recent stack", "aria-labelledby": "recent-title" },
    h("h2", { id: "recent-title" }, "Recent interviews"),
    makeInterviews(interviews, { canDelete: false }),
    total > interviews.length && h("p", {}, h("a", { href: "/past" }, `All ${total} interviews`)),
  );
}
