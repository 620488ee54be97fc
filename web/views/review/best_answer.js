/** The answer at its best: the candidate's own sentences in a better order, and what was missing, each marked as what it is. */

import { h, icon } from "../../dom.js";
import { clock } from "../../format.js";
import { makeSpoken } from "./read_aloud.js";

const WORDS_A_SECOND = 2.5;

/** `hear(turn_id, seconds)` plays an answer from there. */
export function makeBest({ best, round }, address, hear) {
  if (best.length === 0) return null;
  const words = best.reduce((sum, { text }) => sum + text.split(" ").length, 0);
  const added = best.filter(({ own }) => !own).length;
  return [
    h(
      "p",
      { class: "soft" },
      `Your own sentences in a better order${added > 0 ? ", with what was missing added" : ""}: about ${Math.round(words / WORDS_A_SECOND)} seconds.`,
    ),
    h("ol", { class: "best" }, best.map((piece) => makePiece(piece, hear))),
    h("div", { class: "row" }, makeSpoken(`${address}/rounds/${round}/best.wav`, "Hear it all")),
  ];
}

function makePiece({ text, own, turn_id, start }, hear) {
  const hears = own && start !== null;
  return h(
    "li",
    { class: own ? "own" : "added" },
    h("span", { class: "label" }, own ? "You" : [icon("plus"), "Added"]),
    h("p", { class: "said" }, text),
    hears &&
      h(
        "button",
        { type: "button", class: "link-button small", "aria-label": `Hear yourself at ${clock(start)}`, onclick: () => hear(turn_id, start) },
        icon("play"),
        clock(start),
      ),
  );
}
