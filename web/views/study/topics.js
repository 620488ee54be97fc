/** The topics in study order: why each matters, how often it is asked, what belongs to it. */

import { h } from "../../dom.js";
import { plural } from "../../format.js";
import { TERMS } from "../../text.js";

export function makeTopics({ topics, questions }) {
  return h(
    "ol",
    {},
    topics.map((topic) => {
      const count = questions.filter((question) => question.topic === topic.id).length;
      return h(
        "li",
        { class: "topic", id: `topic-${topic.id}` },
        h(
          "details",
          {},
          h("summary", {}, h("h3", {}, `${topic.chapter}. ${topic.title}`)),
          h(
            "div",
            { class: "topic-body" },
            TERMS[topic.id] && h("p", {}, TERMS[topic.id]),
            h("p", {}, topic.why),
            h("p", { class: "soft" }, topic.frequency),
            h(
              "ul",
              { class: "concepts" },
              topic.concepts.map((concept) => h("li", {}, concept)),
            ),
            h("p", {}, h("a", { href: `/#topic-${topic.id}` }, `Practise its ${plural(count, "question")}`)),
          ),
        ),
      );
    }),
  );
}
