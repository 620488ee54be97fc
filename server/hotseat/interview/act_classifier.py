"""Tells what a short utterance does: the reader looks at it beside the question it was said to (docs/reader.md).

Taking an answer for an act costs the candidate the answer, so an utterance is an act only where that is very likely.
"""

from __future__ import annotations

import re

from hotseat.domain.acts import Act
from hotseat.grading.reading import Reader

MAX_WORDS = 25
"""Anything longer is an answer."""
THRESHOLD = 0.95
"""Probability of not being an answer from which an utterance is an act."""
LEAVING = (Act.SKIP, Act.DONE)
"""Acts that leave the question; each needs to be likelier than all other acts together."""
_HESITATION = re.compile(r"(?:\b(?:u+m+|u+h+|e+h+m*|h+m+|m+h*m+|a+h|o+h|er+m*)\b|\W|_)+", re.I)
_ASKS_IF_RIGHT = re.compile(
    r"(?<=[.,;?!])\s+(?:(?:is|was) (?:that|this|it) (?:right|correct|ok(?:ay)?|good enough|what you (?:meant|wanted))"
    r"|does (?:that|this|it) make sense)\W*$",
    re.I,
)
"""A question at the end of an utterance. The words before it decide the act."""
_LEAST_BEFORE = 4
"""Fewest words before it that decide: "Sorry, is that right?" is nothing but the question."""
_WANTS_OTHER_WORDS = re.compile(
    r"\b(?:rephrase|reword|paraphrase)\b|\b(?:say|put|ask|phrase|word|explain)\b.*\b(?:differently|(?:other|different) words?"
    r"|(?:another|a different|some other) way)\b",
    re.I,
)
"""Asks for the question in other words. Stricter than the pattern in session.moves, which only sees requests to repeat."""
_WANTS_QUESTIONS = re.compile(r"\bask\b|\bquestions?\b", re.I)


def recognise(text: str, question: str, reader: Reader) -> Act:
    """The act of an utterance (``text``) in reply to ``question``. Takes a few milliseconds."""
    if len((before := _ASKS_IF_RIGHT.sub("", text)).split()) >= _LEAST_BEFORE:
        text = before
    words = text.split()
    said = re.sub(r"\W+", " ", text.lower()).strip()
    if said in ("", "yes", "no") or len(words) > MAX_WORDS:
        return Act.ANSWER
    if _HESITATION.fullmatch(text):
        return Act.THINK
    likely = dict(reader.acts(question, words))
    some_act = 1.0 - likely.pop(Act.ANSWER)
    if some_act < THRESHOLD:
        return Act.ANSWER
    best = max(likely, key=lambda act: likely[act])
    if best in LEAVING and likely[best] < some_act / 2:
        return Act.OFF_TOPIC
    if best is Act.CLARIFY and _WANTS_OTHER_WORDS.search(text):
        return Act.REPEAT
    # If the interviewer asked for questions, a question is an answer.
    return Act.ANSWER if best is Act.CLARIFY and _WANTS_QUESTIONS.search(question) else best
