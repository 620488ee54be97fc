/** What to do on day 0, 3, 7, 14 and 21, to tick off; each task leads to where it can be done. */

import { put } from "../../api.js";
import { h, problem } from "../../dom.js";
import { date } from "../../format.js";
import { addressOf } from "./pages.js";

const FORMAT = "format:";

export function makeCheckpoints(formats, start) {
  const titles = new Map(formats.map((format) => [format.id, format.title]));
  const failure = h("div");
  const list = h("ol", { class: "checkpoints" });
  const element = h(
    "div",
    { class: "stack" },
    h(
      "p",
      { class: "soft" },
      "Five short sessions of 15 to 20 minutes. You return to each topic just before you’d forget it. ",
      h("a", { href: "/api/hotseat.ics", download: "hotseat.ics" }, "Add these days to your calendar"),
      ".",
    ),
    failure,
    list,
  );

  /** Only the first that is not done yet stands open. */
  function draw(checkpoints) {
    const current = checkpoints.findIndex(({ tasks }) => tasks.some(({ done }) => !done));
    list.replaceChildren(...checkpoints.map((checkpoint, n) => makeCheckpoint(checkpoint, n === current)));
  }

  function makeCheckpoint({ day, title, date: falls, tasks }, isCurrent) {
    const count = h("span", { class: "soft small figures" });
    const due = h("span", { class: "due small" }, "Due");
    const boxes = tasks.map((task) => makeTask(task, update));

    function update() {
      const done = boxes.filter(({ box }) => box.checked).length;
      count.textContent = done === tasks.length ? "done" : `${done} of ${tasks.length}`;
      due.hidden = done === tasks.length || !falls || new Date(`${falls}T00:00`) > new Date();
    }
    update();

    return h(
      "li",
      { class: "checkpoint" },
      h("p", { class: "day-number" }, h("span", { class: "small" }, "Day "), h("span", { class: "figures" }, String(day))),
      h(
        "details",
        { open: isCurrent },
        h(
          "summary",
          { class: "checkpoint-head" },
          h("h3", {}, title),
          falls && h("span", { class: "soft small" }, date(falls)),
          due,
          count,
        ),
        h(
          "ul",
          {},
          boxes.map((made) => made.element),
        ),
      ),
    );
  }

  function makeTask({ id, text, link, done }, changed) {
    const box = h("input", { type: "checkbox", id: `task-${id}`, checked: done, onchange: tick });

    async function tick() {
      failure.replaceChildren();
      changed();
      try {
        await put(`/api/checkpoints/${id}`, { done: box.checked });
      } catch (error) {
        box.checked = !box.checked;
        changed();
        failure.replaceChildren(problem(error.message));
      }
    }

    const element = h("li", { class: "task" }, box, h("label", { htmlFor: box.id }, text), makeWay(link, text));
    return { element, box };
  }

  function makeWay(link, text) {
    if (!link.startsWith(FORMAT)) return h("a", { href: addressOf(link), class: "small", "aria-label": `Open: ${text}` }, "Open");
    const format = link.slice(FORMAT.length);
    return h(
      "button",
      {
        type: "button",
        class: "link-button small",
        "aria-label": `Begin: ${titles.get(format)}`,
        title: titles.get(format),
        onclick: () => start({ format }),
      },
      "Begin",
    );
  }

  return { element, draw };
}
