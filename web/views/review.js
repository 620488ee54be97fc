/** What became of an interview: per question the verdict, the words it rests on, what was missing, and the model answer. */

import { begin, get } from "../api.js";
import { h, icon, problem } from "../dom.js";
import { day, extraTime } from "../format.js";
import { makeDeleteButton } from "./interviews.js";
import { makeNotes } from "./review/notes.js";
import { playAlone } from "./review/recording.js";
import { isPending, makeRound, makeVerdict } from "./review/round.js";
import { makeExport, tellRemoved } from "./transfer.js";

const POLL_MS = 3000;

export async function show(page, id) {
  const address = `/api/interviews/${id}`;
  const review = await get(address);
  document.title = `${review.title} · Hotseat`;
  const notes = review.rounds.map((round) => makeNotes(round, address));
  const drawn = review.rounds.map((_, n) => make(n, "first"));
  page.replaceChildren(
    h(
      "div",
      { class: "review" },
      makeHeader(id, review),
      drawn.map(({ element }) => element),
    ),
  );

  function make(n, shown) {
    return makeRound(review.rounds[n], {
      address,
      notes: notes[n],
      shown,
      alone: review.rounds.length === 1,
      draw: (wanted, focus) => draw(n, wanted, focus),
      reload: (wanted, focus) => reload(n, wanted, focus),
    });
  }

  function draw(n, shown, focus) {
    playAlone(null);
    const fresh = make(n, shown);
    drawn[n].element.replaceWith(fresh.element);
    drawn[n] = fresh;
    focus?.(fresh);
  }

  async function reload(n, shown, focus) {
    review.rounds[n] = (await get(address)).rounds[n];
    draw(n, shown, focus);
  }

  // Only rounds that were waiting are drawn anew, so that a transcript being read or heard stays put.
  async function poll() {
    const fresh = await get(address);
    fresh.rounds.forEach((round, n) => {
      if (!isPending(review.rounds[n]) || isPending(round)) return;
      review.rounds[n] = round;
      draw(n, "first");
    });
    pollIfPending();
  }

  function pollIfPending() {
    if (review.rounds.some(isPending)) setTimeout(() => poll().catch(pollIfPending), POLL_MS);
  }
  pollIfPending();
}

function makeHeader(id, review) {
  const failure = h("div");
  const isDrill = review.rounds.length === 1;
  const isSame = isDrill || review.format === "due"; // Other formats draw anew.
  const choices = { format: review.format, question_ids: isSame ? review.rounds.map(({ question }) => question.id) : [] };
  const again = () => begin(choices).catch((error) => failure.replaceChildren(problem(error.message)));
  return h(
    "header",
    { class: "review-head stack" },
    h("div", {}, h("p", { class: "kicker" }, `${day(review.created)}${extraTime(review.options)}`), h("h1", {}, review.title)),
    review.audio_deleted &&
      h(
        "p",
        { class: "soft" },
        `The recordings were deleted on ${day(review.audio_deleted)}, as old as this server keeps them. The words and grades stay.`,
      ),
    !review.finished && h("p", {}, "This interview is not over. ", h("a", { href: `/interview/${id}` }, "Go back to it.")),
    !isDrill && h("ol", { class: "overview" }, review.rounds.map(makeOverviewRow)),
    h(
      "div",
      { class: "row" },
      h("button", { type: "button", class: "button lit", onclick: again }, icon("again"), isDrill ? "Try this question again" : "Practise again"),
      makeDeleteButton(id, review.title, showDeleted),
    ),
    makeExport(`/api/interviews/${id}/export`, "Export"),
    failure,
  );
}

/** The proof takes the place of what is gone. */
function showDeleted(removed) {
  const title = h("h1", { tabIndex: -1 }, "Deleted");
  const said = h("p", {}, tellRemoved(removed));
  const back = h("p", {}, h("a", { href: "/past" }, "To the interviews that are left"));
  document.getElementById("page").replaceChildren(h("div", { class: "stack past" }, title, said, back));
  title.focus();
}

function makeOverviewRow(round) {
  return h("li", {}, h("a", { href: `#round-${round.round}` }, round.question.title), makeVerdict(round));
}
