"""What the candidate is told about a transcribed answer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hotseat import wire
from hotseat.domain.model import EndedBy, Word
from hotseat.interview.answers import Answers
from hotseat.load_shedding import LiveTurns
from hotseat.session import events
from hotseat.speech.listening import HeardAnswer
from hotseat.speech.models import SpeechModels
from hotseat.telemetry.metrics import Metrics

from tests.support.fakes import BANK


def heard(muffled: bool) -> HeardAnswer:
    return HeardAnswer((Word("Thursday", 0.0, 0.5),), (), muffled=muffled)


@pytest.mark.parametrize(("muffled", "typed", "told"), [(True, None, True), (False, None, False), (True, "I typed it", False)])
async def test_a_muffled_answer_is_remarked_on_and_kept(muffled: bool, typed: str | None, told: bool) -> None:
    """The words stay, the note says what they sounded like; a typed answer has no sound."""

    async def finish(*_: object) -> tuple[HeardAnswer, float]:
        return heard(muffled), 1.0

    async def nothing(*_: object) -> str:
        return ""

    sent: list[wire.ServerMessage] = []
    posted: list[events.Event] = []
    answers = Answers(
        "i",
        BANK,
        SpeechModels(),
        LiveTurns(),
        Metrics(),
        cast(Any, SimpleNamespace(finish=finish, stop=lambda: None, heard_s=1.0)),
        lambda message, _pcm: sent.append(message),
        posted.append,
        lambda _: None,
    )
    question = BANK.question("finetuning/lora")
    await answers.finalise(events.CloseAnswer(3, EndedBy.DONE, typed), "", question, cast(Any, None), lambda _: None, nothing)
    (answer,), (event,) = sent, posted
    assert isinstance(answer, wire.AnswerMessage) and isinstance(event, events.Transcribed)
    assert answer.text == (typed or "Thursday")
    assert ("another room" in answer.note) is told
    assert event.note == answer.note
