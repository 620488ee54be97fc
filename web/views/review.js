/** What became of an interview: per question the verdict, the words it rests on, what was missing, and the model answer. */

import { begin, get } from "../api.js";
import { h, icon, problem } from "../dom.js";
import { day } from "../format.js";
import { makeDeleteButton } from "./interviews.js";
import { isPending, makeRound, makeVerdict } from "./review/round.js";

const POLL_MS = 3000;

export async function show(page, id) {
  const review = await get(`/api/interviews/${id}`);
  document.title = `${review.title} · Hotseat`;
  const rounds = review.rounds.map((round) => makeRound(round));
  page.replaceChildren(h("div", { class: "review" }, makeHeader(id, review), rounds));

  // Only rounds that were waiting are drawn anew, so that a transcript being read or heard stays put.
  async function poll() {
    const fresh = await get(`/api/interviews/${id}`);
    fresh.rounds.forEach((round, n) => {
      if (!isPending(review.rounds[n]) || isPending(round)) return;
      review.rounds[n] = round;
      const element = makeRound(round);
      rounds[n].replaceWith(element);
      rounds[n] = element;
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
  const choices = { format: review.format, question_id: isDrill ? review.rounds[0].question.id : undefined };
  const again = () => begin(choices).catch((error) => failure.replaceChildren(problem(error.message)));
  return h(
    "header",
    { class: "review-head stack" },
    h("div", {}, h("p", { class: "kicker" }, day(review.created)), h("h1", {}, review.title)),
    review.audio_deleted &&
      h("p", { class: "soft" }, `The recordings were deleted on ${day(review.audio_deleted)}, as old as this server keeps them. The words and grades stay.`),
    !review.finished && h("p", {}, "This interview is not over. ", h("a", { href: `/interview/${id}` }, "Go back to it.")),
    !isDrill && h("ol", { class: "overview" }, review.rounds.map(makeOverviewRow)),
    h(
      "div",
      { class: "row" },
      h("button", { type: "button", class: "button lit", onclick: again }, icon("again"), "Practise again"),
      makeDeleteButton(id, review.title, () => location.assign("/past")),
    ),
    failure,
  );
}

function makeOverviewRow(round) {
  return h("li", {}, h("a", { href: `#round-${round.round}` }, round.question.title), makeVerdict(round));
}
