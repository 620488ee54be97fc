/** The ten core questions and what a sixty-second answer to each must name; meant for paper, too. */

import { get } from "../api.js";
import { h, icon } from "../dom.js";

export async function show(page) {
  const { topics, questions } = await get("/api/bank");
  document.title = "Cheat sheet · Hotseat";
  const rows = topics.filter((topic) => topic.must_include.length > 0);
  const core = (topic) => questions.find((question) => question.id === `${topic.id}/core`);
  page.replaceChildren(
    h(
      "article",
      { class: "cheat-sheet stack" },
      h(
        "header",
        { class: "sheet-head" },
        h(
          "div",
          {},
          h("h1", {}, "Cheat sheet"),
          h(
            "p",
            { class: "lead" },
            "Ten questions, one minute each. A complete answer names all of these.",
          ),
        ),
        h("button", { type: "button", class: "button", onclick: () => print() }, icon("print"), "Print"),
      ),
      h(
        "ol",
        { class: "sheet-rows" },
        rows.map((topic) =>
          h(
            "li",
            {},
            h("div", {}, h("h2", {}, topic.title), h("p", { class: "said" }, core(topic)?.prompt ?? "")),
            h(
              "ul",
              {},
              topic.must_include.map((item) => h("li", {}, item)),
            ),
          ),
        ),
      ),
      h(
        "p",
        { class: "soft on-screen" },
        "Ready? ",
        h("a", { href: "/#format-cheat-sheet" }, "Take the cheat-sheet quiz"),
        ": all ten in a row, without the sheet.",
      ),
    ),
  );
}
