"""An interview's state as a message to the page."""

from __future__ import annotations

from hotseat import wire
from hotseat.domain.model import Bank
from hotseat.session import session
from hotseat.session.phases import Answering, Asking, Finalising, State, Thinking
from hotseat.session.summary import phase_name


def state_message(state: State, bank: Bank, now: float, next_frame: int, has_voice: bool) -> wire.StateMessage:
    """What the browser draws. ``now`` is the monotonic clock's; ``next_frame`` the number of the first frame still wanted."""
    progress = state.progress
    current = progress.current
    question = current.question_in(bank)
    remaining = session.remaining_s(state, now)
    asked = state.utterance if isinstance(state, Asking | Thinking | Answering | Finalising) else None
    follow_up = asked is not None and asked.follow_up_id is not None
    limit = current.follow_up_limit_s if follow_up else current.limit_s
    return wire.StateMessage(
        phase=phase_name(state),
        turn_id=session.turn_of(state),
        round=min(progress.round + 1, len(progress.plan.rounds)),
        rounds=len(progress.plan.rounds),
        question_id=question.id,
        topic=next((topic.title for topic in bank.topics if topic.id == question.topic), question.topic),
        title=question.title,
        text=asked.text if asked is not None else "",
        follow_up=follow_up,
        understood=asked.acts[-1] if asked is not None and asked.acts else None,
        said=asked.said if asked is not None else "",
        requests=session.requests(state),
        limit_ms=round(limit * 1000) if asked is not None else None,
        remaining_ms=None if remaining is None else round(remaining * 1000),
        clock_running=isinstance(state, Thinking) or (isinstance(state, Answering) and state.deadline is not None),
        next_frame=next_frame,
        hints_left=max(0, min(current.hints, len(question.hints)) - progress.hints),
        voice=has_voice,
    )
