/** Every interview so far, fifty at a time. */

import { get } from "../api.js";
import { h, problem, setText } from "../dom.js";
import { makeInterviews, makeRow } from "./interviews.js";
import { makeOwnData } from "./transfer.js";

const AT_A_TIME = 50;

export async function show(page) {
  const { interviews, total } = await get(`/api/interviews?limit=${AT_A_TIME}`);
  document.title = "Past interviews · Hotseat";
  page.replaceChildren(
    h(
      "div",
      { class: "past stack" },
      h("h1", {}, "Past interviews"),
      total > 0
        ? makeAll(interviews, total)
        : h(
            "p",
            {},
            "No interviews yet. ",
            h("a", { href: "/" }, "Answer a first question"),
            ", and you’ll find it here with your recording and its grade.",
          ),
      makeOwnData(),
    ),
  );
}

function makeAll(interviews, total) {
  const list = makeInterviews(interviews, { canDelete: true });
  const count = h("p", { class: "soft small", role: "status" });
  const failure = h("div");
  const more = h("button", { type: "button", class: "button", onclick: showMore }, "Show older ones");
  let shown = interviews.length;

  async function showMore() {
    failure.replaceChildren();
    try {
      // Those deleted meanwhile have moved the rest up.
      const next = await get(`/api/interviews?limit=${AT_A_TIME}&offset=${countShown()}`);
      const rows = next.interviews.map((interview) => makeRow(interview, true));
      list.append(...rows);
      shown = countShown();
      total = next.total;
      draw();
      rows[0]?.querySelector("a").focus();
    } catch (error) {
      failure.replaceChildren(problem(error.message));
    }
  }

  function countShown() {
    return list.querySelectorAll(":scope > li:not(.deleted)").length;
  }

  function draw() {
    more.hidden = shown >= total;
    setText(count, more.hidden ? "" : `The latest ${shown} of ${total}`);
  }
  draw();
  return [list, failure, h("div", { class: "row" }, more, count)];
}
