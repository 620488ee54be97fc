/** What still loads, in words with a bar each; gone when everything is ready. */

import { get } from "../../api.js";
import { h, icon, problem } from "../../dom.js";
import { size } from "../../format.js";

const POLL_MS = 1000;
const MEGABYTE = 1e6;

/** Calls `changed` with whether an interview can begin. */
export function makeReadiness(changed) {
  const element = h("div", { class: "readiness", role: "status" });

  async function poll() {
    let status;
    try {
      status = await get("/api/status");
    } catch (error) {
      changed(false);
      element.replaceChildren(problem(error.message));
      return setTimeout(poll, POLL_MS);
    }
    changed(status.ready);
    const notable = status.parts.filter((part) => ["failed", "loading", "degraded"].includes(part.state));
    element.replaceChildren(...notable.map(makePart));
    if (!status.ready || notable.some((part) => part.state !== "failed")) setTimeout(poll, POLL_MS);
  }

  poll();
  return element;
}

function makePart({ name, state, detail, done, total }) {
  if (state === "failed")
    return h("p", { class: "part" }, icon("warning"), h("span", {}, h("strong", {}, name), ` is not available: ${detail}`));
  if (state === "degraded")
    return h("p", { class: "part" }, icon("warning"), h("span", {}, h("strong", {}, name), ` has stopped working: ${detail}`));
  const share = total > 0 ? done / total : 0;
  const amount = total > MEGABYTE ? `${size(done)} of ${size(total)}` : total > 0 ? `${Math.round(share * 100)}%` : "";
  return h(
    "div",
    { class: "part" },
    h("p", {}, h("strong", {}, name), ` is loading: ${[detail, amount].filter(Boolean).join(", ")}`),
    h("progress", { "aria-label": name, max: 1, value: total > 0 ? share : undefined }),
  );
}
