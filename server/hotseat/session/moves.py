"""The interviewer's response to an act that is no answer, such as "could you repeat that?"."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from hotseat.domain.acts import Act
from hotseat.domain.model import Answer, EndedBy, Move, Source
from hotseat.session.phases import Progress, Utterance
from hotseat.text.sentences import split_sentences

MAX_REPLIES = 2
"""Replies to each act while one question stands; after that the utterance counts as the answer."""
_OPEN_S = 30.0
"""Questions with less time may want a single word."""
_HARDLY = 2
"""Words of what is hardly an answer."""
_ASKS_WHAT = re.compile(r"\b(?:what|which|how|who|where|why)\b", re.I)
_PROPOSES = re.compile(
    r"\b(?:you mean|(?:can|could|may|should|shall) (?:i|we)|are we|are you (?:asking|talking|thinking|looking)"
    r"|(?:is|was) (?:this|that|it) (?:about|for|at|in|on|with|during|when|only|just))\b",
    re.I,
)
"""Begins a reading of the question that only needs a yes: "do you mean at inference?", "can I assume one GPU?"."""
_IS_LOST = re.compile(r"\bwhat (?:do|did) you mean(?: by (?:that|this|it))?\W*$|\bwhat(?:'s| is) the question\b", re.I)
"""Asks about the whole question, not about a part of it."""
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
"""Questions to the interviewer that aren't about the question, by the field of ``Lines`` that replies to them."""


def used_up(asked: Utterance, act: Act) -> bool:
    """Whether the interviewer has replied to this act ``MAX_REPLIES`` times."""
    return asked.acts.count(act) >= MAX_REPLIES


def counted_as(progress: Progress, act: Act, text: str) -> Act:
    """The act, but off topic for what isn't about the question and has a reply of its own, whatever it was taken for."""
    return Act.OFF_TOPIC if act is not Act.ANSWER and _aside_line(progress, text) else act


def reply(progress: Progress, asked: Utterance, act: Act, text: str) -> Utterance | None:
    """What the interviewer says to the act, as the next turn; None if the act leaves the question.

    ``text`` are the candidate's words; "" if a button was pressed.
    """
    lines = progress.plan.lines
    again = replace(asked, turn_id=asked.turn_id + 1, acts=(*asked.acts, act))
    match act:
        case Act.REPEAT:
            rephrased = _rephrased(progress, asked) if Act.REPEAT in asked.acts or _OTHER_WORDS.search(text) else ""
            said = f"{lines.repeat[-1]} {rephrased}" if rephrased else f"{lines.repeat[0]} {_without_quote(asked)}"
            return replace(again, said=said)
        case Act.CLARIFY:
            return replace(again, said=_clarified(progress, asked, text))
        case Act.THINK:
            return replace(again, said=lines.think)
        case Act.OBJECTION:
            return replace(again, said=f"{lines.objection} {_again(progress, asked)}")
        case Act.OFF_TOPIC:
            return replace(again, said=_aside(progress, asked, text) or f"{lines.off_topic} {_again(progress, asked)}")
        case Act.DONT_KNOW if Act.DONT_KNOW not in asked.acts:
            return _easier(progress, again)
    return None


def asked_for_more(progress: Progress, asked: Utterance, answer: Answer) -> Utterance | None:
    """The turn in which the candidate goes on, if they gave a word or two to a question that wants more; None if not, or if
    they have been asked for more already."""
    is_open = asked.follow_up_id is None and progress.current.limit_s >= _OPEN_S and not progress.ended
    if not (line := progress.plan.lines.say_more) or not is_open or Act.ANSWER in asked.acts:
        return None
    if answer.ended_by not in (EndedBy.DONE, EndedBy.SILENCE) or not 0 < len(answer.transcript.words) <= _HARDLY:
        return None
    return replace(asked, turn_id=asked.turn_id + 1, acts=(*asked.acts, Act.ANSWER), said=line)


def with_remark(progress: Progress, text: str) -> str:
    """What is asked next, with a remark before it if the candidate has just taken back what they said, or didn't know."""
    if not progress.answers:
        return text
    lines, last = progress.plan.lines, progress.answers[-1]
    if last.follow_up_id is not None and takes_back(last.transcript.text):  # in a first answer the candidate only rephrases
        return f"{lines.corrected} {text}"
    passed = any(said.turn_id == last.turn_id and said.act in (Act.DONT_KNOW, Act.SKIP) for said in progress.acts[-1:])
    return f"{lines.no_problem} {text}".strip() if passed else text


def takes_back(text: str) -> bool:
    """Whether the candidate corrects something that they said before."""
    return bool(_TAKES_BACK.search(text.replace("’", "'")))


def _aside(progress: Progress, asked: Utterance, text: str) -> str:
    """The reply to a question that isn't about the question, such as "can you hear me?"; "" if the text is none."""
    line = _aside_line(progress, text)
    if not line or line == progress.plan.lines.go_on:
        return line
    minutes = math.ceil((progress.left_s + progress.current.limit_s) / 60)
    return f"{line.format(minutes='a minute' if minutes == 1 else f'{minutes} minutes')} {_without_quote(asked)}"


def _aside_line(progress: Progress, text: str) -> str:
    name = next((name for name, pattern in _ASIDES.items() if pattern.match(text)), None)
    line: str = getattr(progress.plan.lines, name) if name else ""
    return line


def _clarified(progress: Progress, asked: Utterance, text: str) -> str:
    """The question's scope, once; after that, and for follow-ups, a reply to how the candidate asks."""
    lines = progress.plan.lines
    if asked.text == progress.current.prompt and progress.current.scope and Act.CLARIFY not in asked.acts:
        return progress.current.scope
    proposed = _PROPOSES.search(text)
    if _ASKS_WHAT.search(text[: proposed.start()] if proposed else text):
        return f"{_again(progress, asked)} {lines.scope}" if _IS_LOST.search(text) else lines.scope
    if re.search(r"\bor\b", text, re.I):
        return lines.either
    return lines.assume if proposed else lines.scope


def next_hint(progress: Progress) -> str | None:
    """The round's first hint that has not been shown; None if none is left."""
    hints = progress.current.hint_texts
    return hints[progress.hints] if progress.hints < min(progress.current.hints, len(hints)) else None


def _without_quote(asked: Utterance) -> str:
    """What was asked, without the sentence that quoted the candidate before it."""
    choice = asked.choice
    if choice is None or choice.anchor is None or choice.source is not Source.BANK or choice.move is Move.CALLBACK:
        return asked.text
    return " ".join(split_sentences(asked.text)[1:]) or asked.text


def _rephrased(progress: Progress, asked: Utterance) -> str:
    """The question in the bank's other words; "" for a follow-up, which has none."""
    return progress.current.rephrase if asked.text == progress.current.prompt else ""


def _again(progress: Progress, asked: Utterance) -> str:
    """What was asked, whole: a follow-up's first sentence is the case that its second asks about."""
    return _rephrased(progress, asked) or _without_quote(asked)


def _easier(progress: Progress, again: Utterance) -> Utterance | None:
    lines = progress.plan.lines
    if hint := next_hint(progress):
        return replace(again, said=f"{lines.hint} {hint}")
    step = progress.current.easier
    if step is None or progress.round_answers:  # an easier step is no use once the question has been answered
        return None
    follow_up_id, text = step
    return replace(again, follow_up_id=follow_up_id, text=text, choice=None, said=f"{lines.easier} {text}")
