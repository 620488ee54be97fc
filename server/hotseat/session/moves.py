"""The interviewer's response to an act that is no answer, such as "could you repeat that?"."""

from __future__ import annotations

from dataclasses import replace

from hotseat.domain.acts import Act
from hotseat.session.phases import Progress, Utterance
from hotseat.text.sentences import split_sentences

MOST = 2
"""Moves of each kind in one turn; after that the utterance counts as the answer."""


def answered(asked: Utterance, act: Act) -> bool:
    """Whether the interviewer has responded to this act as often as they do in one turn."""
    return asked.acts.count(act) >= MOST


def reply(progress: Progress, asked: Utterance, act: Act) -> Utterance | None:
    """What is said next, in a turn of its own; None when the act leaves the question."""
    lines = progress.plan.lines
    again = replace(asked, turn_id=asked.turn_id + 1, acts=(*asked.acts, act))
    match act:
        case Act.REPEAT:
            times = asked.acts.count(Act.REPEAT)
            return replace(
                again,
                said=f"{lines.repeat[min(times, len(lines.repeat) - 1)]} {_shorter(progress, asked) if times else asked.text}",
            )
        case Act.CLARIFY:
            is_question = asked.text == progress.current.prompt
            scope = progress.current.scope if is_question and progress.current.scope else lines.scope
            return replace(again, said=scope if is_question else f"{scope} {shorter(asked.text)}")
        case Act.THINK:
            return replace(again, said=lines.think)
        case Act.OBJECTION:
            return replace(again, said=f"{lines.objection} {_shorter(progress, asked)}")
        case Act.OFF_TOPIC:
            return replace(again, said=f"{lines.off_topic} {_shorter(progress, asked)}")
        case Act.DONT_KNOW if Act.DONT_KNOW not in asked.acts:
            return _easier(progress, again)
    return None


def next_hint(progress: Progress) -> str | None:
    """The bank's first hint not shown yet in this round."""
    hints = progress.current.hint_texts
    return hints[progress.hints] if progress.hints < min(progress.current.hints, len(hints)) else None


def _shorter(progress: Progress, asked: Utterance) -> str:
    """What is asked again: in the bank's other words, where it has some for the question."""
    is_question = asked.text == progress.current.prompt
    return progress.current.rephrase if is_question and progress.current.rephrase else shorter(asked.text)


def _easier(progress: Progress, again: Utterance) -> Utterance | None:
    lines = progress.plan.lines
    if hint := next_hint(progress):
        return replace(again, said=f"{lines.hint} {hint}")
    step = progress.current.easier
    if step is None or progress.round_answers:  # it leads into the question, which has been answered
        return None
    follow_up_id, text = step
    return replace(again, follow_up_id=follow_up_id, text=text, choice=None, said=f"{lines.easier} {text}")


def shorter(text: str) -> str:
    """The last sentence that asks something, or else the first."""
    sentences = split_sentences(text)
    return next((sentence for sentence in reversed(sentences) if sentence.endswith("?")), sentences[0] if sentences else text)
