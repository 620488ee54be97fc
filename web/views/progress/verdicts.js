/** How many of each verdict there were in each period, as stacked bars; grades that don't count stand apart, hollow. */

import { h, svg } from "../../dom.js";
import { verdictBadge } from "../verdict.js";
import { makeAxis, makeTable, periodName, periodsApart } from "./time.js";

/** From the top of a bar down. */
const ORDER = ["Strong Hire", "Lean Hire", "Lean No Hire", "No Hire", "Not Assessable"];
const BAR = { width: 20, gap: 4, height: 160, widest: 48 };

export function makeVerdicts(periods, unit) {
  const totals = ORDER.map((verdict) => [verdict, periods.reduce((sum, period) => sum + (period.verdicts[verdict] ?? 0), 0)]);
  const aside = periods.reduce((sum, period) => sum + period.aside, 0);
  return h(
    "figure",
    { class: "verdict-chart" },
    h(
      "ul",
      { class: "key-list small" },
      totals
        .filter(([, count]) => count > 0)
        .map(([verdict, count]) => h("li", { class: "figures" }, verdictBadge(verdict), String(count))),
      aside > 0 && h("li", { class: "figures" }, h("span", { class: "verdict aside" }, "Excluded"), String(aside)),
    ),
    makeFrame(periods, unit),
    aside > 0 &&
      h("p", { class: "soft small" }, "Excluded grades are those by the stand-in grader. They don’t count towards your level."),
    makeTable(
      `Verdicts by ${unit}`,
      [unit[0].toUpperCase() + unit.slice(1), ...ORDER, "Excluded"],
      periods.map(({ from, verdicts, aside }) => [
        periodName(unit, from),
        ...ORDER.map((verdict) => String(verdicts[verdict] ?? 0)),
        String(aside),
      ]),
    ),
  );
}

function draw(periods, unit) {
  const most = Math.max(...periods.map(({ verdicts, aside }) => aside + ORDER.reduce((sum, v) => sum + (verdicts[v] ?? 0), 0)));
  const each = BAR.height / most;
  const columns = periods.map(({ from }) => periodsApart(unit, periods[0].from, from));
  const bars = periods.flatMap(({ verdicts, aside }, n) => {
    const stack = [["aside", aside], ...ORDER.map((verdict) => [verdict, verdicts[verdict] ?? 0])].filter(([, count]) => count);
    let y = BAR.height - each * stack.reduce((sum, [, count]) => sum + count, 0);
    return stack.map(([name, count]) => {
      const rect = svg("rect", {
        class: `part ${name.toLowerCase().replaceAll(" ", "-")}`,
        x: columns[n] * (BAR.width + BAR.gap),
        y,
        width: BAR.width,
        height: each * count,
      });
      y += each * count;
      return rect;
    });
  });
  const width = (columns.at(-1) + 1) * (BAR.width + BAR.gap) - BAR.gap;
  return svg("svg", { viewBox: `0 0 ${width} ${BAR.height}`, preserveAspectRatio: "none" }, ...bars);
}

/** The bars above their axis. A short history does not fill the page: a bar is no wider than a thumb. */
function makeFrame(periods, unit) {
  const count = periodsApart(unit, periods[0].from, periods.at(-1).from) + 1;
  const frame = h(
    "div",
    { "aria-hidden": "true" },
    h("div", { class: "chart-frame" }, draw(periods, unit)),
    makeAxis(periods[0].from, periods.at(-1).from),
  );
  frame.style.setProperty("max-width", `${Math.max(3, count) * BAR.widest}px`);
  return frame;
}
