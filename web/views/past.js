/** Every interview so far. */

import { get } from "../api.js";
import { h } from "../dom.js";
import { makeInterviews } from "./interviews.js";

export async function show(page) {
  const { interviews } = await get("/api/interviews");
  page.replaceChildren(
    h(
      "div",
      { class: "past stack" },
      h("h1", {}, "Past interviews"),
      interviews.length > 0
        ? makeInterviews(interviews, { canDelete: true })
        : h(
            "p",
            {},
            "There are none yet. ",
            h("a", { href: "/" }, "Sit the first one."),
            " It will be kept here, with your voice and its grades.",
          ),
    ),
  );
}
