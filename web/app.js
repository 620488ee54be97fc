/** The page's start: theme, footer, and the view that belongs to the address. Every link is an ordinary page load. */

import { ApiError, get } from "./api.js";
import { h, icon, problem } from "./dom.js";
import { bindKeys, showKeys } from "./keys.js";

/** A page that is there at once needs no word about it. */
const LOADING_MS = 300;

/** @type {[RegExp, () => Promise<any>][]} A path, and the module whose `show` draws it. */
const routes = [
  [/^\/$/, () => import("./views/lobby.js")],
  [/^\/interview\/([^/]+)$/, () => import("./views/interview.js")],
  [/^\/review\/([^/]+)$/, () => import("./views/review.js")],
  [/^\/attempts\/([^/]+)\/([^/]+)$/, () => import("./views/attempts.js")],
  [/^\/past$/, () => import("./views/past.js")],
  [/^\/progress$/, () => import("./views/progress.js")],
  [/^\/study(?:\/(learn|rate))?$/, () => import("./views/study.js")],
  [/^\/papers$/, () => import("./views/documents.js")],
  [/^\/cheat-sheet$/, () => import("./views/cheatsheet.js")],
];

async function show() {
  const page = document.getElementById("page");
  const found = routes.find(([pattern]) => pattern.test(location.pathname));
  if (!found) {
    const start = h("p", {}, "Start from the ", h("a", { href: "/" }, "practice page"), ".");
    return page.replaceChildren(failed("Not found", "There is no such page.", start));
  }
  const loading = setTimeout(() => page.replaceChildren(h("p", { class: "soft", role: "status" }, "Loading…")), LOADING_MS);
  try {
    const [pattern, load] = found;
    const view = await load();
    await view.show(page, ...location.pathname.match(pattern).slice(1));
    followHash();
  } catch (error) {
    const past = h("p", {}, "Your interviews are under ", h("a", { href: "/past" }, "Past interviews"), ".");
    const isMissing = error.status === 404;
    page.replaceChildren(failed(isMissing ? "Not found" : "That didn’t work", error.message, isMissing && past));
    if (!(error instanceof ApiError)) throw error; // Ours to mend, not the reader's.
  } finally {
    clearTimeout(loading);
  }
}

function failed(title, why, way) {
  return h("div", { class: "stack" }, h("h1", {}, title), problem(why), way);
}

/** The part of the page that the address names is there only now; what is folded around or in it opens. */
function followHash() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (const inner of target.querySelectorAll("details")) {
    if (inner.parentElement === target) inner.open = true;
  }
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  target.scrollIntoView();
}

function showTheme() {
  const button = document.getElementById("theme-toggle");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const draw = () => {
    button.replaceChildren(icon(isDark() ? "sun" : "moon"));
    button.ariaLabel = button.title = isDark() ? "Use light colours" : "Use dark colours";
  };
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    localStorage.setItem("hotseat.theme", theme);
    draw();
  });
  system.addEventListener("change", draw);
  draw();
}

async function showPrivacy() {
  const { local } = await get("/api/status");
  if (local === true) setPrivacy("Your voice, transcripts and grades stay on this machine.");
  if (local === false) setPrivacy("Your words also go to the services this server is set up to use.");
}

function setPrivacy(text) {
  document.getElementById("privacy").textContent = text;
}

for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("header nav a"))) {
  const isHere = link.pathname === location.pathname || (link.pathname !== "/" && location.pathname.startsWith(`${link.pathname}/`));
  if (isHere) link.ariaCurrent = "page";
}
addEventListener("hashchange", followHash);
bindKeys([{ key: "?", what: "Show the keys", run: showKeys }]);
document.getElementById("keys").addEventListener("click", showKeys);
document.querySelector(".skip-link").addEventListener("click", () => {
  // Only now: a page that can be focused would take the focus at every click in it, and Tab back to its top.
  const page = document.getElementById("page");
  page.tabIndex = -1;
  page.addEventListener("blur", () => page.removeAttribute("tabindex"), { once: true });
  page.focus();
});
showTheme();
showPrivacy().catch(() => {}); // The view says it when the server can't be reached.
show();
