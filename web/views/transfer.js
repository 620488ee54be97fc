/** Taking interviews out, putting them back, and deleting everything. */

import { post, remove } from "../api.js";
import { h, icon, problem, setText } from "../dom.js";
import { plural } from "../format.js";
import { makeConfirm } from "./confirm.js";

const TO_READ = [
  ["html", "Report", "one page, opens anywhere"],
  ["md", "Markdown", "for your own notes"],
];
const TO_KEEP = [
  ["zip&audio=opus", "ZIP", "with your voice, small"],
  ["zip&audio=flac", "ZIP, exact", "with your voice, every sample"],
  ["json", "JSON", "without your voice"],
];

/** A fold with a link for each format; `address` is that of the export. */
export function makeExport(address, title) {
  const makeLink = ([format, name, what]) =>
    h(
      "li",
      {},
      h("a", { class: "button", href: `${address}?format=${format}`, download: "" }, icon("arrow"), name),
      h("span", { class: "soft small" }, what),
    );
  return h(
    "details",
    { class: "fold export" },
    h("summary", {}, title),
    h(
      "div",
      { class: "columns" },
      h("div", {}, h("p", { class: "label" }, "To read"), h("ul", {}, TO_READ.map(makeLink))),
      h("div", {}, h("p", { class: "label" }, "To keep, and to import again"), h("ul", {}, TO_KEEP.map(makeLink))),
    ),
  );
}

/** What a deletion removed, and what a search afterwards found. */
export function tellRemoved({ interviews, rows, files, rows_left, files_left }) {
  const removed = `${plural(interviews, "interview")}: ${plural(rows, "row")} and ${plural(files, "recording")}`;
  const left = `${plural(rows_left, "row")} and ${plural(files_left, "recording")}`;
  return rows_left + files_left === 0
    ? `Deleted ${removed}. We checked: nothing is left.`
    : `Deleted ${removed}, but ${left} were written meanwhile. Delete once more.`;
}

/** Everything of one's own: all out, back in, and gone. */
export function makeOwnData() {
  const said = h("p", { role: "status" });
  const failure = h("div");
  return h(
    "section",
    { class: "own-data stack", "aria-labelledby": "own-data" },
    h("h2", { id: "own-data" }, "Your data"),
    h(
      "p",
      { class: "soft" },
      "Export or delete your interviews, self-assessments and plan.",
    ),
    makeExport("/api/export", "Export everything"),
    h("div", { class: "row" }, makeImport(said, failure), makeDeleteEverything(said, failure)),
    said,
    failure,
  );
}

function makeImport(said, failure) {
  const input = h("input", { type: "file", accept: ".json,.zip", id: "import-file", class: "unseen", onchange: run });

  async function run() {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    failure.replaceChildren();
    setText(said, `Importing ${file.name}…`);
    try {
      setText(said, tellImported(await post("/api/import", file)));
    } catch (error) {
      setText(said, "");
      failure.replaceChildren(problem(`Nothing was imported. ${error.message}`));
    }
  }

  return h("span", { class: "import" }, input, h("label", { class: "button", for: "import-file" }, "Import an export…"));
}

function tellImported({ interviews, skipped, recordings, kept }) {
  const parts = [`Added ${plural(interviews.length, "interview")} with ${plural(recordings, "recording")}.`];
  if (skipped.length > 0) parts.push(`${plural(skipped.length, "interview")} already here, left unchanged.`);
  if (kept.length > 0) parts.push(`Your current settings were kept: ${kept.join(", ")}.`);
  if (interviews.length > 0) parts.push("Reload the page to see them.");
  return parts.join(" ");
}

function makeDeleteEverything(said, failure) {
  const button = h("button", { type: "button", class: "button alarm" }, icon("bin"), "Delete everything…");
  return makeConfirm(button, {
    question: "All interviews with their recordings, your self-assessments, your plan and what is due. This can’t be undone.",
    yes: "Delete everything",
    async run() {
      failure.replaceChildren();
      const removed = await remove("/api/everything");
      for (const list of document.querySelectorAll(".interviews")) list.replaceChildren();
      setText(said, tellRemoved(removed));
    },
  });
}
