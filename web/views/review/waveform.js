/** The outline of a recording with the quotes marked on it, and how far it has been played. */

import { h, svg } from "../../dom.js";

const HEIGHT = 100;

/** `quotes` are { start, end, number } in seconds. The outline comes later; until then, and without one, there is a flat line. */
export function makeWaveform(address, duration, quotes) {
  const outline = svg("svg", { viewBox: `0 0 1 ${HEIGHT}`, preserveAspectRatio: "none", class: "outline" });
  const played = svg("svg", { viewBox: `0 0 1 ${HEIGHT}`, preserveAspectRatio: "none", class: "outline played" });
  const head = h("span", { class: "head" });
  const element = h("div", { class: "waveform", "aria-hidden": "true" }, quotes.map(makeRegion), outline, played, head);

  function makeRegion({ start, end, number }) {
    const region = h("span", { class: `region hue-${number}` }, h("span", { class: "number" }, String(number)));
    region.style.left = share(start);
    region.style.width = share(end - start);
    return region;
  }

  function share(seconds) {
    return `${(100 * seconds) / duration}%`;
  }

  function draw(peaks) {
    for (const drawing of [outline, played]) {
      drawing.setAttribute("viewBox", `0 0 ${peaks.length} ${HEIGHT}`);
      drawing.replaceChildren(svg("path", { d: peaks.map(makeBar).join("") }));
    }
  }

  function show(seconds) {
    head.style.left = share(seconds);
    element.style.setProperty("--rest", share(duration - seconds));
  }

  draw([0]);
  show(0);
  fetch(address)
    .then((response) => (response.ok ? response.json() : { peaks: [] }))
    .then(({ peaks }) => peaks.length > 0 && draw(peaks))
    .catch(() => {}); // The recording can be played and moved in without its picture.
  return { element, show };
}

function makeBar(peak, place) {
  const half = Math.max(1.5, (peak * HEIGHT) / 200);
  return `M${place + 0.15} ${HEIGHT / 2 - half}h.7v${2 * half}h-.7z`;
}
