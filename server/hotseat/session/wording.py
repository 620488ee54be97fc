"""What a candidate's words ask for, where their act alone doesn't tell (hotseat.session.moves replies)."""

from __future__ import annotations

import re

from hotseat.text.sentences import split_sentences

_ASKS_WHAT = re.compile(r"\b(?:what|which|how|who|where|why)\b", re.I)
_PROPOSES = re.compile(
    r"\b(?:you mean|(?:can|could|may|should|shall) (?:i|we)\b(?! ask)|are we|are you (?:asking|talking|thinking|looking)"
    r"|(?:is|was) (?:this|that|it) (?:about|for|at|in|on|with|during|when|only|just))\b",
    re.I,
)
"""Begins a reading of the question that only needs a yes: "do you mean at inference?", "can I assume one GPU?"."""
_IS_LOST = re.compile(
    r"\bwhat (?:do|did) you mean(?: by (?:that|this|it))?\W*$|\bwhat(?:'s| is) the question\b"
    r"|\b(?:understand|get|follow) (?:(?:the|this|that|your) question|what you)\b|\bwhat you(?:'re asking| are asking| mean)\b"
    r"|\bnot sure (?:that )?I (?:understand|follow|get it)\b",
    re.I,
)
_ASKS_MEANING = re.compile(
    r"\bwhat(?: exactly)?(?:'s| is| do| does| did)\b(?! (?:that|this|it) supposed).*\bmean(?:s|t|ing)?\b"
    r"|\bmeaning (?:of )?what\b|\bin what sense\b|\bhow (?:do|would) you define\b",
    re.I,
)
_ASKS_HINT = re.compile(
    r"\b(?:hints?|nudge|pointers?|tips?)\b(?! of)|\b(?:can|could|may|give)\b[^,.;]*\bclues?\b"
    r"|\bhelp me\b|\b(?:some|little|any|for|of) help\b|^\W*help\b",
    re.I,
)
_WANTS_NONE = re.compile(r"\b(?:(?:don't|do not) (?:really )?(?:need|want)|no need for|without)\b", re.I)
_SAID_BEFORE = re.compile(
    r"\bI(?:'ve| have)? (?:already|just) (?:said|mentioned|answered|explained|covered|told|did|described|given?|gave)\b"
    r"|\bI(?:'ve| have)? (?:said|mentioned|answered|explained|covered) (?:that|this|it) (?:already|before|earlier)\b"
    r"|\byou(?:'ve| have)? already asked (?:me )?(?:that|this|it)\b"
    r"|\balready been (?:through|over)\b|\bbeen (?:through|over) (?:that|this) (?:already|before)\b",
    re.I,
)
_SAID_ALL = re.compile(r"\b(?:all|everything)\b", re.I)
"""Has nothing to add, rather than having been asked the same thing twice."""
_TAKES_BACK = re.compile(
    r"\b(?:(?:(?:I|I'll|I'd|I must|I have to|let me) take|taking) (?:that|it|this) back|I (?:was|got (?:that|it)) wrong"
    r"|I (?:had|said|got|put) (?:that|it|this|them) (?:all )?(?:backwards?|the wrong way (?:a)?round)"
    r"|I (?:shouldn't|should not) have said|I misspoke"
    r"|correct (?:myself|what I said)|let me correct that|(?:scratch|strike) that|my mistake|I stand corrected"
    r"|(?:mixed|got) (?:that|this|it|them|those|these|the two) (?:mixed |all )?up)\b",
    re.I,
)
_OTHER_WORDS = re.compile(
    r"\b(?:rephrase|reword|paraphrase|simpler|differently|(?:other|different|simple) (?:words|way))\b", re.I
)
_START = r"(?:(?:so|and|but|ok(?:ay)?|well|hello|hi|hey|sorry|wait|um|uh|just)\W+)*"
_ASIDES = {
    name: re.compile(_START + pattern, re.I)
    for name, pattern in {
        "feedback": r"(?:(?:was|is) (?:that|this|it|my answer) (?:right|correct|good|wrong|enough|what you)"
        r"|(?:did|does) (?:that|this|it) (?:answer|make sense)|did i (?:get|answer|do)|how did i do|how am i doing"
        r"|am i on the right)",
        "audible": r"(?:(?:can|do|could) you (?:still )?hear|are you (?:still )?there|(?:is|does) my (?:mic|audio|sound))",
        "time_left": r"how (?:much time|long|many (?:minutes|questions))\b(?:.*\b(?:left|remain)| do (?:i|we) have\W*$)",
        "go_on": r"(?:(?:should|shall|can|may) i (?:go on|continue|keep going|elaborate|go deeper|say more)"
        r"|(?:do|would) you (?:want|like) me to (?:go|continue|elaborate|say more))",
    }.items()
}
"""By the field of ``Lines`` that replies to them."""
_CONDITIONAL = re.compile(
    r"If (?P<case>.+?), (?P<question>(?:(?:at|by|for|from|in|on|to) )?"
    r"(?:what|which|how|where|why|when|whose?|would|could|can|do|does|did|is|are|should|will|has|have)\b.*)",
    re.I,
)
"""One sentence with a case and a question about it."""


def asks_what(text: str) -> bool:
    """Whether it is an open question."""
    return bool(_ASKS_WHAT.search(text))


def proposes(text: str) -> bool:
    """Whether part of it proposes a reading; "what do you mean?" alone doesn't."""
    found = ((part, _PROPOSES.search(part)) for part in re.split(r"[,.;?!]", text))
    return any(proposed and not asks_what(part[: proposed.start()]) for part, proposed in found)


def is_lost(text: str) -> bool:
    """Whether it asks about the whole question, not about a part of it."""
    return bool(_IS_LOST.search(_plain(text)))


def asks_meaning(text: str) -> bool:
    """Whether it asks what words of the question stand for."""
    return bool(_ASKS_MEANING.search(_plain(text)))


def wants_other_words(text: str) -> bool:
    """Whether it asks for the question in other words."""
    return bool(_OTHER_WORDS.search(text))


def asks_for_hint(text: str) -> bool:
    return bool(_ASKS_HINT.search(text)) and not _WANTS_NONE.search(_plain(text))


def said_before(text: str) -> int | None:
    """How many words come before "I've already said that"; None if the candidate doesn't say so."""
    found = None if _SAID_ALL.search(text) else _SAID_BEFORE.search(_plain(text))
    return None if found is None else len(text[: found.start()].split())


def takes_back(text: str) -> bool:
    """Whether the candidate corrects something that they said before."""
    return bool(_TAKES_BACK.search(_plain(text)))


def aside(text: str) -> str | None:
    """The field of ``Lines`` that replies to a question that isn't about the question; None for all else."""
    return next((name for name, pattern in _ASIDES.items() if pattern.match(text)), None)


def case_and_question(text: str) -> tuple[str, str]:
    """A follow-up's case, as sentences of its own, and its question; the case is "" if there is none."""
    *case, question = split_sentences(text)
    if not case and (both := _CONDITIONAL.fullmatch(question)):
        return f"Say {both['case']}.", both["question"]
    return " ".join(case), question


def _plain(text: str) -> str:
    return text.replace("’", "'")
