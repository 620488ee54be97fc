"""Writes interviews into the store, with tones in place of their words, for tests of what follows an interview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from hotseat.domain.model import Source, Transcript, Word
from hotseat.interview.journal import Journal
from hotseat.questions.formats import Choices
from hotseat.session import events, session
from hotseat.session.events import Event
from hotseat.session.phases import Finished
from hotseat.session.records import LOCAL, Lease
from hotseat.speech.audio import SAMPLE_RATE, Samples, pcm_of
from hotseat.startup.assembly import Assembly

WORD_S, GAP_S = 0.32, 0.08


@dataclass(frozen=True, slots=True)
class Said:
    """One answer."""

    words: tuple[Word, ...]
    typed: bool = False
    hints: int = 0
    """Asked for before it."""

    @property
    def seconds(self) -> float:
        return self.words[-1].end + 1.0 if self.words and not self.typed else 0.0


def said(text: str, changes: dict[int, Word] | None = None, start: float = 0.6, **more: bool | int) -> Said:
    """Words at an even pace; a full stop takes a breath. ``changes`` replace text, probability and raw of some of them."""
    words: list[Word] = []
    at = start
    for place, plain in enumerate(text.split()):
        other = (changes or {}).get(place, Word(plain, 0, 0))
        words.append(Word(other.text, round(at, 2), round(at + WORD_S, 2), other.probability, other.raw))
        at += WORD_S + GAP_S + (0.5 if plain.endswith(".") else 0.0)
    return Said(tuple(words), **more)  # type: ignore[arg-type]


def tones(answer: Said) -> Samples:
    """Sound where the words are, louder for longer words, and silence elsewhere."""
    samples = np.zeros(int(answer.seconds * SAMPLE_RATE), np.float32)
    for word in answer.words:
        first, last = (int(moment * SAMPLE_RATE) for moment in (word.start, word.end))
        swell = np.sin(np.linspace(0, np.pi, last - first)) * min(0.8, 0.1 + 0.07 * len(word.text))
        samples[first:last] = swell * np.sin(2 * np.pi * 180 * np.arange(last - first) / SAMPLE_RATE)
    return samples


async def store_interview(assembly: Assembly, choices: Choices, rounds: Sequence[Sequence[Said]]) -> str:
    """Plans the interview and logs that it was sat with these answers, the first of each round to the question itself."""
    interviews = assembly.interviews()
    interview_id = await interviews.create(LOCAL, choices)
    found = await assembly.storage.store.load(interview_id)
    assert found is not None
    journal = Journal(assembly.storage.store, assembly.clock, Lease(*found, token=0))
    now = assembly.clock.now()

    async def happen(event: Event, after: float = 0.1) -> None:
        nonlocal now
        now += after
        step = session.step(journal.state, event, now)
        assert step.error is None, str(step.error)
        await journal.append(event, now, step.state, lambda *_trouble: None)

    await happen(events.Attached())
    await happen(events.StartPressed())
    for index, answers in enumerate(rounds):
        for number, answer in enumerate(answers):
            turn = session.turn_of(journal.state)
            if number > 0:
                follow_up = assembly.library.bank.question(journal.state.progress.current.question_id).follow_ups[number - 1]
                await happen(events.FollowUpChosen(turn, follow_up.id, follow_up.text, Source.BANK))
            await happen(events.VoiceSent(turn, 2.0))
            await happen(events.PlaybackDone(turn), 2.0)
            for _ in range(answer.hints):
                await happen(events.HintPressed(turn))
            await happen(events.SpeechStarted(turn), 1.0)
            ended = events.TypedAnswer(turn, "") if answer.typed else events.DonePressed(turn)
            await happen(ended, answer.seconds)
            _record(assembly, interview_id, turn, answer)
            await happen(events.Transcribed(turn, Transcript(answer.words, answer.typed), answer.seconds))
        if session.turn_of(journal.state) and len(answers) <= journal.state.progress.plan.rounds[index].follow_ups:
            await happen(events.FollowUpChosen(session.turn_of(journal.state), "", "", Source.BANK))
        question = assembly.library.bank.question(journal.state.progress.plan.rounds[index].question_id)
        assert assembly.graders.in_use is not None
        grade = await assembly.graders.in_use.grade(question, journal.state.progress.answers_of(index))
        await happen(events.RoundGraded(index, grade))
    assert isinstance(journal.state, Finished)
    return interview_id


def _record(assembly: Assembly, interview_id: str, turn: int, answer: Said) -> None:
    if answer.typed:
        return
    recording = assembly.storage.archive.create(interview_id, turn, 0)
    recording.append(pcm_of(tones(answer)))
    recording.close()
