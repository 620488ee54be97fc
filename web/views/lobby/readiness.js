/** What still loads, in one line with a bar, and what has failed or stopped working; gone when everything is ready. */

import { get } from "../../api.js";
import { h, icon, problem } from "../../dom.js";
import { plural, size } from "../../format.js";

const POLL_MS = 1000;
/** While all is well: something may stop working later. */
const LOOK_MS = 10_000;
/** What a part says of itself before its turn to load. */
const WAITING = "waiting";
/** The server's names of its parts, in words for whoever practises. */
const NAMES = {
  "Speech recognition": "Speech recognition",
  Voice: "The interviewer’s voice",
  "Interviewer (LLM)": "The interviewer",
  Grader: "The grader",
};
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
      return again(POLL_MS);
    }
    changed(status.ready);
    const loading = status.parts.filter((part) => part.state === "loading");
    const broken = status.parts.filter((part) => ["failed", "degraded"].includes(part.state));
    element.replaceChildren(...broken.map(makeBroken), ...(loading.length > 0 ? [makeLoading(loading)] : []));
    again(!status.ready || loading.length > 0 || broken.some((part) => part.state === "degraded") ? POLL_MS : LOOK_MS);
  }

  /** Unless another view is shown by then. */
  function again(ms) {
    setTimeout(() => element.isConnected && poll(), ms);
  }

  poll();
  return element;
}

function makeBroken({ name, state, detail }) {
  const words = state === "failed" ? ` isn’t available: ${detail}` : ` has stopped working: ${detail}`;
  return h("p", { class: "part" }, icon("warning"), h("span", {}, h("strong", {}, NAMES[name] ?? name), words));
}

/** One line for all that loads: what is at work comes first. */
function makeLoading(parts) {
  const busy = parts.filter(({ detail }) => detail !== WAITING);
  const [first] = busy.length > 0 ? busy : parts;
  const isDownload = first.total > MEGABYTE;
  const share = first.total > 0 ? first.done / first.total : undefined;
  const amount = isDownload ? ` (${size(first.done)} of ${size(first.total)})` : "";
  const rest = parts.length - 1;
  return h(
    "div",
    { class: "part" },
    h("p", {}, `Getting ready: ${lower(NAMES[first.name] ?? first.name)}${amount}${rest > 0 ? `, then ${plural(rest, "more part")}` : ""}…`),
    h("progress", { "aria-label": first.name, max: 1, value: share }),
    isDownload && h("p", { class: "soft small" }, "Only the first start downloads this."),
  );
}

const lower = (text) => text[0].toLowerCase() + text.slice(1);
