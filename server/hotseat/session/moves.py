"""The interviewer's response to an act that is no answer, such as "could you repeat that?"."""

from __future__ import annotations

import re
from dataclasses import replace

from hotseat.domain.acts import Act
from hotseat.domain.model import Answer, Move, Source
from hotseat.session.phases import Progress, Utterance
from hotseat.text.sentences import split_sentences

MAX_REPLIES = 2
"""Replies to each act while one question stands; after that the utterance counts as the answer."""
_ASKS_WHAT = re.compile(r"\b(?:what|which|how|who|where|why)\b", re.I)
_PROPOSES = re.compile(
    r"\b(?:you mean|(?:can|could|may|should|shall) (?:i|we)|are we|are you (?:asking|talking|thinking|looking)"
    r"|(?:is|was) (?:this|that|it) (?:about|for|at|in|on|with|during|when|only|just))\b",
    re.I,
)
"""Begins a reading of the question that only needs a yes: "do you mean at inference?", "can I assume one GPU?"."""
_TAKES_BACK = re.compile(
    r"\b(?:tak(?:e|ing) (?:that|it|this) back|I (?:was|got (?:that|it)) wrong|I (?:shouldn't|should not) have said|I misspoke"
    r"|correct (?:myself|what I said)|let me correct that|(?:scratch|strike) that|my mistake|I stand corrected)\b",
    re.I,
)


def used_up(asked: Utterance, act: Act) -> bool:
    """Whether the interviewer has replied to this act ``MAX_REPLIES`` times."""
    return asked.acts.count(act) >= MAX_REPLIES


def reply(progress: Progress, asked: Utterance, act: Act, text: str) -> Utterance | None:
    """What the interviewer says to the act, as the next turn; None if the act leaves the question.

    ``text`` are the candidate's words; "" if a button was pressed.
    """
    lines = progress.plan.lines
    again = replace(asked, turn_id=asked.turn_id + 1, acts=(*asked.acts, act))
    match act:
        case Act.REPEAT:
            times = asked.acts.count(Act.REPEAT)
            line = lines.repeat[min(times, len(lines.repeat) - 1)]
            return replace(again, said=f"{line} {_shorter(progress, asked) if times else _without_quote(asked)}")
        case Act.CLARIFY:
            return replace(again, said=_clarified(progress, asked, text))
        case Act.THINK:
            return replace(again, said=lines.think)
        case Act.OBJECTION:
            return replace(again, said=f"{lines.objection} {_shorter(progress, asked)}")
        case Act.OFF_TOPIC:
            return replace(again, said=f"{lines.off_topic} {_shorter(progress, asked)}")
        case Act.DONT_KNOW if Act.DONT_KNOW not in asked.acts:
            return _easier(progress, again)
    return None


def after_correction(progress: Progress, text: str) -> str:
    """What is asked next, with a remark before it if the candidate has just taken back what they said."""
    last = progress.answers[-1] if progress.answers else None
    return f"{progress.plan.lines.corrected} {text}" if last is not None and _takes_back(last) else text


def _takes_back(answer: Answer) -> bool:
    """Whether an answer to a follow-up does; in a first answer the candidate only rephrases."""
    return answer.follow_up_id is not None and bool(_TAKES_BACK.search(answer.transcript.text.replace("’", "'")))


def _clarified(progress: Progress, asked: Utterance, text: str) -> str:
    """The question's scope, once; after that, and for follow-ups, a reply to how the candidate asks."""
    lines = progress.plan.lines
    if asked.text == progress.current.prompt and progress.current.scope and Act.CLARIFY not in asked.acts:
        return progress.current.scope
    proposed = _PROPOSES.search(text)
    if _ASKS_WHAT.search(text[: proposed.start()] if proposed else text):
        return lines.scope
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


def _shorter(progress: Progress, asked: Utterance) -> str:
    """What was asked, shorter: the bank's rephrasing of the question if there is one, else its last question."""
    is_question = asked.text == progress.current.prompt
    return progress.current.rephrase if is_question and progress.current.rephrase else shorter(asked.text)


def _easier(progress: Progress, again: Utterance) -> Utterance | None:
    lines = progress.plan.lines
    if hint := next_hint(progress):
        return replace(again, said=f"{lines.hint} {hint}")
    step = progress.current.easier
    if step is None or progress.round_answers:  # an easier step is no use once the question has been answered
        return None
    follow_up_id, text = step
    return replace(again, follow_up_id=follow_up_id, text=text, choice=None, said=f"{lines.easier} {text}")


def shorter(text: str) -> str:
    """The last sentence that asks something, or else the first."""
    sentences = split_sentences(text)
    return next((sentence for sentence in reversed(sentences) if sentence.endswith("?")), sentences[0] if sentences else text)
