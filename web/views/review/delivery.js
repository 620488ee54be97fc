/** How an answer was spoken: six measures with a sentence of advice each, and its pace and pauses along the time it took. */

import { h, icon, svg } from "../../dom.js";
import { clock } from "../../format.js";
import { plainTable } from "../table.js";

const CHART = { width: 600, height: 96 };
const TALLEST = 240; // words a minute

/** `hear(seconds)` plays the answer from there; it is missing where there is no recording. */
export function makeDelivery({ delivery, duration_s }, hear) {
  if (!delivery) return null;
  return h(
    "div",
    { class: "delivery stack" },
    h("p", { class: "soft" }, "Measured on the recording. It doesn’t affect the verdict."),
    makeMeasures(delivery, hear),
    makeTimeline(delivery, duration_s),
  );
}

/** The measures as name, figure and advice; `moment` is where to hear it. */
export function measures({ pace, pauses, fillers, first_word_s, limit_share, monologue, advice }) {
  const longest = pauses.reduce((most, pause) => (length(pause) > length(most) ? pause : most), { start: 0, end: 0 });
  return [
    { name: "Pace", figure: `${pace} words a minute`, advice: advice.pace },
    {
      name: "Pauses",
      figure: pauses.length ? `${pauses.length}, the longest ${seconds(length(longest))}` : "no pauses longer than half a second",
      advice: advice.pauses,
      moment: pauses.length ? longest.start : null,
    },
    {
      name: "Fillers",
      figure: fillers.length ? `at least ${fillers.length}: ${tally(fillers)}` : "none heard",
      advice: advice.fillers,
      moment: fillers[0]?.start ?? null,
    },
    { name: "First word", figure: `after ${seconds(first_word_s)}`, advice: advice.first_word },
    { name: "Time used", figure: `${Math.round(limit_share * 100)} % of the limit`, advice: advice.limit },
    {
      name: "Longest stretch without a signpost",
      figure: seconds(length(monologue)),
      advice: advice.structure,
      moment: monologue.start,
    },
  ];
}

function makeMeasures(delivery, hear) {
  return h(
    "dl",
    { class: "measures" },
    measures(delivery).map(({ name, figure, advice, moment }) =>
      h(
        "div",
        {},
        h("dt", {}, name),
        h("dd", { class: "figures" }, figure, hear && Number.isFinite(moment) && makeHear(name, moment, hear)),
        h("dd", { class: "soft" }, advice),
      ),
    ),
  );
}

function makeHear(name, moment, hear) {
  return h(
    "button",
    {
      type: "button",
      class: "link-button small",
      "aria-label": `Hear it: ${name.toLowerCase()}, at ${clock(moment)}`,
      onclick: () => hear(moment),
    },
    icon("play"),
    clock(moment),
  );
}

function makeTimeline(delivery, duration) {
  return h(
    "figure",
    { class: "timeline" },
    h("div", { class: "chart-frame", "aria-hidden": "true" }, drawTimeline(delivery, duration)),
    h(
      "div",
      { class: "axis small soft figures", "aria-hidden": "true" },
      h("span", {}, "0:00"),
      h("span", {}, "bars: pace (easy to follow within the band) · gaps: pauses · dots: fillers"),
      h("span", {}, clock(duration)),
    ),
    h(
      "details",
      {},
      h("summary", { class: "small" }, "As a table"),
      plainTable(
        "Pace, pauses and fillers along the answer",
        "small figures",
        ["From", "Words a minute", "Pauses", "Fillers"],
        delivery.stretches.map((part) => tableRow(part, delivery)),
      ),
    ),
  );
}

function tableRow({ start, end, pace }, { pauses, fillers }) {
  const within = (moment) => start <= moment && moment < end;
  const own = pauses.filter((pause) => within(pause.start)).map((pause) => seconds(length(pause)));
  const said = fillers.filter((filler) => within(filler.start)).map((filler) => filler.text);
  return [`${clock(start)}–${clock(end)}`, String(pace), own.join(", ") || "–", said.join(", ") || "–"];
}

/** Bars as wide as their stretch and as tall as its pace, cut where there was silence. */
function drawTimeline({ stretches, pauses, fillers, easy_pace }, duration) {
  const x = (moment) => (moment / duration) * CHART.width;
  const floor = CHART.height - 8;
  const y = (pace) => floor - (Math.min(pace, TALLEST) / TALLEST) * floor;
  const [slow, fast] = easy_pace;
  const easy = svg("rect", { class: "easy", x: 0, y: y(fast), width: CHART.width, height: y(slow) - y(fast) });
  const bars = stretches.flatMap(({ start, end, pace }) => {
    const size = { y: y(pace), height: floor - y(pace) };
    return spoken(start, end, pauses).map((part) =>
      svg("rect", { class: "bar", x: x(part.start), width: x(part.end) - x(part.start), ...size }),
    );
  });
  const dots = fillers.map(({ start }) => svg("circle", { class: "dot", cx: x(start), cy: CHART.height - 3, r: 3 }));
  const ground = svg("path", { class: "rail", d: `M0 ${floor}H${CHART.width}` });
  return svg("svg", { viewBox: `0 0 ${CHART.width} ${CHART.height}` }, easy, ...bars, ground, ...dots);
}

/** What is left of a stretch without its pauses. */
function spoken(start, end, pauses) {
  const edges = [start];
  for (const pause of pauses) {
    if (pause.end <= start || pause.start >= end) continue;
    edges.push(Math.max(start, pause.start), Math.min(end, pause.end));
  }
  edges.push(end);
  const parts = [];
  for (let n = 0; n < edges.length; n += 2) parts.push({ start: edges[n], end: edges[n + 1] });
  return parts.filter((part) => part.end > part.start);
}

function tally(fillers) {
  const counts = new Map();
  for (const { text } of fillers) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => (count > 1 ? `“${text}” × ${count}` : `“${text}”`)).join(", ");
}

function length({ start, end }) {
  return end - start;
}

function seconds(value) {
  return `${value.toFixed(1)} s`;
}
