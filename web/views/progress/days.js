/** On which days of the last twelve weeks one practised, a column for each week. */

import { h, svg } from "../../dom.js";
import { date, plural } from "../../format.js";
import { makeAxis, makeTable } from "./time.js";

const CELL = 16;
const STEP = 20;

export function makeDays({ current, longest, total, this_week, days }) {
  const weeks = [];
  for (let n = 0; n < days.length; n += 7) weeks.push(days.slice(n, n + 7));
  return h(
    "figure",
    { class: "day-chart stack" },
    h("p", {}, sentence(total, current, longest, this_week)),
    h("div", { class: "day-frame", "aria-hidden": "true" }, draw(weeks), makeAxis(days[0].date, days.at(-1).date)),
    makeTable(
      "Practice by week",
      ["Week of", "Days", "Questions answered"],
      weeks.map((week) => [
        date(week[0].date),
        String(week.filter(({ answers }) => answers > 0).length),
        String(week.reduce((sum, { answers }) => sum + answers, 0)),
      ]),
    ),
  );
}

function sentence(total, current, longest, thisWeek) {
  const parts = [`${plural(total, "day")} of practice in all, ${thisWeek} this week.`];
  if (current > 1) parts.push(`${current} days in a row${current === longest ? ", your longest streak" : ""}.`);
  if (longest > 1 && longest > current) parts.push(`Your longest streak: ${longest} days.`);
  return parts.join(" ");
}

function draw(weeks) {
  const cells = weeks.flatMap((week, column) =>
    week.map(({ answers }, row) =>
      svg("rect", {
        class: `day ${answers === 0 ? "none" : answers < 3 ? "some" : "many"}`,
        x: column * STEP,
        y: row * STEP,
        width: CELL,
        height: CELL,
        rx: 4,
      }),
    ),
  );
  const size = { width: weeks.length * STEP - (STEP - CELL), height: 7 * STEP - (STEP - CELL) };
  return svg("svg", { viewBox: `0 0 ${size.width} ${size.height}` }, ...cells);
}
