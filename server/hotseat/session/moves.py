"""The interviewer's response to an act that is no answer, such as "could you repeat that?"."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from hotseat.domain.acts import Act
from hotseat.domain.model import Answer, EndedBy, Move, Source
from hotseat.session import wording
from hotseat.session.phases import Lines, Progress, Utterance
from hotseat.text.sentences import split_sentences

MAX_REPLIES = 2
"""Replies to each act while one question stands; after that the utterance counts as the answer."""
_OPEN_S = 30.0
"""Questions with less time may want a single word."""
_HARDLY = 2
"""Words of what is hardly an answer."""


def used_up(asked: Utterance, act: Act) -> bool:
    """Whether the interviewer has replied to this act ``MAX_REPLIES`` times."""
    return asked.acts.count(act) >= MAX_REPLIES


def counted_as(progress: Progress, act: Act, text: str) -> Act:
    """The act, or another where the words tell better what kind of reply they ask for. An answer stays an answer."""
    lines = progress.plan.lines
    if act is Act.ANSWER:
        return act
    if lines.no_hint and act is not Act.OBJECTION and wording.asks_for_hint(text):
        return Act.DONT_KNOW
    if lines.said_before and wording.said_before(text) is not None:
        return Act.OBJECTION
    if _aside_line(progress, text):
        return Act.OFF_TOPIC
    is_lost = act in (Act.OBJECTION, Act.DONT_KNOW) and wording.is_lost(text)
    return Act.CLARIFY if lines.meaning and (is_lost or wording.asks_meaning(text)) else act


def says_it_differently(progress: Progress, asked: Utterance, act: Act, text: str) -> bool:
    """Whether the candidate asks for a follow-up in other words, or what it means. The bank has nothing for that."""
    act = counted_as(progress, act, text)
    if asked.follow_up_id is None or used_up(asked, act):
        return False
    in_other_words = act is Act.REPEAT and (Act.REPEAT in asked.acts or wording.wants_other_words(text))
    return in_other_words or (act is Act.CLARIFY and not wording.proposes(text))


def reply(progress: Progress, asked: Utterance, act: Act, text: str, reworded: str = "") -> Utterance | None:
    """What the interviewer says to the act, as the next turn; None if the act leaves the question.

    ``text`` are the candidate's words; "" if a button was pressed. ``reworded`` is what was asked in a language model's words;
    "" if there are none.
    """
    lines = progress.plan.lines
    again = replace(asked, turn_id=asked.turn_id + 1, acts=(*asked.acts, act))
    if reworded and says_it_differently(progress, asked, act, text):
        return replace(again, said=f"{lines.repeat[0]} {reworded}")
    match act:
        case Act.REPEAT:
            other = _differently(progress, asked) if Act.REPEAT in asked.acts or wording.wants_other_words(text) else ""
            return replace(again, said=other or f"{lines.repeat[0]} {_without_quote(asked)}")
        case Act.CLARIFY:
            return replace(again, said=_clarified(progress, asked, text))
        case Act.THINK:
            return replace(again, said=lines.think)
        case Act.OBJECTION if not (lines.said_before and wording.said_before(text) is not None and _is_answered(progress)):
            return replace(again, said=f"{lines.objection} {_again(progress, asked)}")
        case Act.OFF_TOPIC:
            return replace(again, said=_aside(progress, asked, text) or f"{_back(progress)} {_again(progress, asked)}")
        case Act.DONT_KNOW if lines.no_hint and wording.asks_for_hint(text):
            return _easier(progress, again) or replace(again, said=lines.no_hint)
        case Act.DONT_KNOW if Act.DONT_KNOW not in asked.acts:
            return _easier(progress, again)
    return None


def goes_on(progress: Progress, act: Act) -> bool:
    """Whether an act without a reply leads to the next follow-up, not to the next question."""
    passes = act is Act.OBJECTION or (act is Act.DONT_KNOW and bool(progress.plan.lines.no_problem))
    return passes and _is_answered(progress)


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
    """What is asked next, with a remark before it if the candidate has just taken back what they said, didn't know, or said
    that they had answered this before."""
    if not progress.answers:
        return text
    lines, last = progress.plan.lines, progress.answers[-1]
    passed = next((entry.act for entry in progress.acts[-1:] if entry.turn_id == last.turn_id), None)
    if passed in (Act.DONT_KNOW, Act.SKIP):
        remark = lines.no_problem
    elif passed is Act.OBJECTION:
        remark = lines.said_before
    else:
        remark = _remark_on(last, lines) if last.follow_up_id is not None else ""  # in a first answer they only rephrase
    return f"{remark} {text}".strip()


def _remark_on(answer: Answer, lines: Lines) -> str:
    if wording.takes_back(answer.transcript.text):
        return lines.corrected
    before = wording.said_before(answer.transcript.text)
    return lines.said_before if before is not None and before <= _HARDLY else ""


def _aside(progress: Progress, asked: Utterance, text: str) -> str:
    """The reply to a question that isn't about the question, such as "can you hear me?"; "" if the text is none."""
    line = _aside_line(progress, text)
    if not line or line == progress.plan.lines.go_on:
        return line
    minutes = math.ceil((progress.left_s + progress.current.limit_s) / 60)
    return f"{line.format(minutes='a minute' if minutes == 1 else f'{minutes} minutes')} {_without_quote(asked)}"


def _aside_line(progress: Progress, text: str) -> str:
    name = wording.aside(text)
    line: str = getattr(progress.plan.lines, name) if name else ""
    return line


def _clarified(progress: Progress, asked: Utterance, text: str) -> str:
    """The question's scope, once; after that, and for follow-ups, a reply to how the candidate asks."""
    lines = progress.plan.lines
    if asked.text == progress.current.prompt and progress.current.scope and Act.CLARIFY not in asked.acts:
        return progress.current.scope
    proposes = wording.proposes(text)
    if (proposes or not wording.asks_what(text)) and re.search(r"\bor\b", text, re.I):
        return lines.either
    if proposes:
        return lines.assume
    if wording.is_lost(text):
        return f"{_differently(progress, asked) or _again(progress, asked)} {lines.scope}"
    return (lines.meaning if wording.asks_meaning(text) else "") or lines.scope


def _is_answered(progress: Progress) -> bool:
    """Whether the candidate has said something to the round's question."""
    return any(answer.transcript.words for answer in progress.round_answers)


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


def _differently(progress: Progress, asked: Utterance) -> str:
    """What was asked, said differently: in the bank's other words, or else with its case and its question taken apart.

    "" in plans from before there were lines for this.
    """
    lines, text = progress.plan.lines, _without_quote(asked)
    if rephrased := _rephrased(progress, asked):
        return f"{lines.repeat[-1]} {rephrased}"
    if not lines.apart:
        return ""
    case, question = wording.case_and_question(text)
    return lines.apart.format(case=case, question=question) if case else f"{lines.same_words} {text}"


def _back(progress: Progress) -> str:
    """Leads back to the question; another line than the last time."""
    lines = progress.plan.lines.off_topic
    if isinstance(lines, str):
        return lines
    before = sum(entry.act is Act.OFF_TOPIC and not _aside_line(progress, entry.text) for entry in progress.acts)
    return lines[before % len(lines)]


def _again(progress: Progress, asked: Utterance) -> str:
    """What was asked, whole: a follow-up's first sentence is the case that its second asks about."""
    return _rephrased(progress, asked) or _without_quote(asked)


def _easier(progress: Progress, again: Utterance) -> Utterance | None:
    lines = progress.plan.lines
    if hint := next_hint(progress):
        return replace(again, said=f"{lines.hint} {hint}")
    step = progress.current.easier
    if step is None or again.follow_up_id == step[0]:
        return None
    if progress.round_answers:  # an easier step is no use once the question has been answered
        return None
    follow_up_id, text = step
    return replace(again, follow_up_id=follow_up_id, text=text, choice=None, said=f"{lines.easier} {text}")
