/** The three pages of Study, each with one job, and which parts are on which. Links name the parts alone: "/study#graph". */

export const STUDY_PAGES = [
  { path: "/study", name: "Plan", parts: ["plan", "checkpoints"] },
  { path: "/study/learn", name: "Learn", parts: ["graph", "topics", "competencies"] },
  { path: "/study/rate", name: "Rate yourself", parts: ["assessment"] },
];

/** "/study#graph" -> "/study/learn#graph"; anything else stays. */
export function addressOf(link) {
  const [path, part] = link.split("#");
  if (path !== "/study" || !part) return link;
  const name = part.startsWith("topic-") ? "topics" : part;
  const page = STUDY_PAGES.find(({ parts }) => parts.includes(name)) ?? STUDY_PAGES[0];
  return `${page.path}#${part}`;
}
