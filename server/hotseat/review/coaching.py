"""Practice on a past answer: a repair drill of one point; questions and better sentences read aloud. Changes no grade."""

from __future__ import annotations

import asyncio
from typing import Any

from hotseat.background import in_background
from hotseat.domain.model import Answer, Point, Transcript
from hotseat.errors import InputError, MissingError, SpeakerError, TranscriberError, UnavailableError
from hotseat.grading.clauses import in_whole_clauses
from hotseat.grading.graders import Graders
from hotseat.review.best_answer import best_answer
from hotseat.review.model_sentences import model_sentences
from hotseat.review.rounds import Round, Rounds
from hotseat.speech.audio import SAMPLE_RATE, samples_of
from hotseat.speech.models import SpeechModels
from hotseat.speech.synthesis import Voice
from hotseat.text.sentences import split_sentences

MAX_S = 20.0
"""Most audio of a repair drill that is accepted, in seconds."""
_LIMIT_S = 15.0
"""Seconds after which the page stops recording."""
_PAUSE_S = 0.25
"""Pause between sentences read aloud."""


class Coaching:
    """Every method raises StorageError, InputError if it isn't possible, and MissingError if what it names doesn't exist.

    Rounds are numbered from 1.
    """

    def __init__(self, rounds: Rounds, graders: Graders, speech: SpeechModels) -> None:
        self._rounds = rounds
        self._graders = graders
        self._speech = speech
        self._reading = asyncio.Lock()
        """One text is read aloud at a time, so that interviewers wait for one sentence at most."""
        self._recognising = asyncio.Lock()
        """Likewise one repair drill, so that candidates wait for one segment at most."""

    async def repair_spoken(self, interview_id: str, number: int, point_id: str, pcm: bytes) -> dict[str, Any]:
        """Grades one point by new audio (mono PCM16 at 16 kHz); the result as JSON. Raises UnavailableError while loading."""
        entry = await self._round(interview_id, number)
        point = entry.point(point_id)
        samples = samples_of(pcm)
        if not 0 < len(samples) <= MAX_S * SAMPLE_RATE:
            raise InputError(f"A repair drill has at most {MAX_S:.0f} seconds of sound.")
        if self._speech.transcriber is None or self._speech.make_vad is None:
            raise UnavailableError("Speech recognition is still loading; try again in a moment.")
        try:
            async with self._recognising:
                heard = await self._speech.transcribe(samples, entry.question, self._rounds.bank, _LIMIT_S)
        except TranscriberError as error:
            raise UnavailableError(f"We couldn’t transcribe it: {error}") from error
        return await self._repaired(entry, point, Transcript(heard.words))

    async def repair_typed(self, interview_id: str, number: int, point_id: str, text: str) -> dict[str, Any]:
        """Grades one point by a new typed answer; the result as JSON. Raises UnavailableError while loading."""
        entry = await self._round(interview_id, number)
        return await self._repaired(entry, entry.point(point_id), Transcript.of_typed(text))

    async def _repaired(self, entry: Round, point: Point, transcript: Transcript) -> dict[str, Any]:
        grader = self._graders.embedded
        if grader is None:
            raise UnavailableError("The grader is still loading; try again in a moment.")
        answer = Answer.alone(entry.question, transcript)
        finding = (await in_background(grader.findings, entry.question, [answer]))[point.id]
        quote = in_whole_clauses(answer, finding.evidence).quote if finding.evidence is not None else ""
        return {"text": transcript.text, "status": finding.status.value, "statement": point.statement, "quote": quote}

    async def model_sentence(self, interview_id: str, number: int, point_id: str) -> Voice:
        """The model answer's sentence for a point, read aloud. Raises SpeakerError if there is no voice."""
        entry = await self._round(interview_id, number)
        point = entry.point(point_id)
        return await self._read_aloud(model_sentences(entry.question).get(point_id) or point.statement)

    async def best(self, interview_id: str, number: int) -> Voice:
        """The answer at its best (review.best_answer), read aloud. Raises SpeakerError if there is no voice."""
        entry = await self._round(interview_id, number)
        pieces = best_answer(entry.question, entry.grade, entry.amended) if entry.grade is not None else ()
        if not pieces:
            raise MissingError("there is no better answer to read aloud")
        return await self._read_aloud(" ".join(piece.text for piece in pieces))

    async def question(self, interview_id: str, turn_id: int) -> Voice:
        """The question of a turn, read aloud. Raises SpeakerError if there is no voice."""
        return await self._read_aloud((await self._rounds.answer(interview_id, turn_id)).asked)

    async def _read_aloud(self, text: str) -> Voice:
        """Text in the interviewer's voice, sentence by sentence. Raises SpeakerError if there is no voice, or no text."""
        if self._speech.voice is None:
            raise SpeakerError("The voice is still loading; try again in a moment.")
        voices: list[Voice] = []
        async with self._reading:
            for sentence in split_sentences(text):
                voice = await self._speech.voice.speak(sentence)
                if voice is None:
                    raise SpeakerError("This server has no voice to read it aloud. The words are on the page.")
                voices.append(voice)
        if not voices:
            raise SpeakerError("There is nothing to read aloud.")
        rate = voices[0].sample_rate
        pause = b"\0\0" * int(rate * _PAUSE_S)
        return Voice(pause.join(voice.pcm for voice in voices), rate)

    async def _round(self, interview_id: str, number: int) -> Round:
        """A round whose question is still in the bank. Raises InputError if it isn't."""
        entry = await self._rounds.find(interview_id, number)
        if not entry.question.has_rubric:
            raise InputError("This question is no longer in the bank, so there is nothing to compare an answer with.")
        return entry
