"""End-of-turn detection: how often a pause inside an answer would end it, and how long the wait after the last word is.

``python -m benchmarks.end_of_turn [--answers 8] [--voices piper espeak ...]``: written answers are spoken with a pause after
every sentence, after some commas, and after "um", "because" and the like. Each pause is judged as in an interview: by voice
activity, the sound of the last seconds, the words recognised in them, and ``domain.turn_end``. The lengths of pauses are drawn
from ``LENGTHS``, which include long pauses for thought.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import numpy as np
from hotseat.domain.endpointing import Hearing, hear
from hotseat.domain.turn_end import COMPLETE, NOTICE_S, Judgement, Patience, breaks_off
from hotseat.engines.silero import SileroActivity
from hotseat.engines.smart_turn import SmartTurn
from hotseat.engines.weights import whisper_dir
from hotseat.engines.whisper import WhisperTranscriber
from hotseat.settings import PROJECT, InterviewSettings
from hotseat.speech.audio import SAMPLE_RATE, Samples
from hotseat.speech.listening import JUDGE_S
from hotseat.speech.recognition import JUDGED_S, Priority, RecognitionJob

from benchmarks import KEPT
from tests.audio.corpus import digest
from tests.audio.speech import Manner, mixed, noise, read, say, write

ANSWERS = PROJECT / "training" / "data" / "free"
LENGTHS = {"sentence": (0.8, 0.6), "comma": (0.6, 0.6), "filler": (1.5, 0.7)}
"""Median in seconds and deviation of the logarithm, by where a pause is."""
FILLERS = ("um,", "uh,", "so,", "because,", "and,", "which,", "like,")
_SHORTEST_S = 0.2
_KNOWN_S = 0.4
"""From the question to the model and the recogniser to both answers."""
_LAST_S = 7.0


@dataclass(frozen=True, slots=True)
class Pause:
    voice: str
    place: str
    """"sentence", "comma", "filler" or "end"."""
    seconds: float
    """How long it lasts; infinite at the end."""
    finished: float
    """What the model thought."""
    ends_at: float
    """The silence that ends the answer."""

    @property
    def cuts_off(self) -> bool:
        return self.place != "end" and self.seconds >= self.ends_at


class Judges:
    """All that decides in an interview."""

    def __init__(self) -> None:
        self._turns = SmartTurn()
        self._whisper = WhisperTranscriber(str(whisper_dir(KEPT)))
        settings = InterviewSettings()
        self._patience = Patience(settings.silence_s, settings.no_speech_s)

    def ends_at(self, heard: Samples) -> tuple[float, float]:
        """What is thought of an answer after ``JUDGE_S`` of silence: the probability, and the silence that would end it."""
        hearing = reduce(hear, SileroActivity().feed(heard), Hearing())
        latest = heard[-round(JUDGED_S * SAMPLE_RATE) :]
        finished = self._turns.finished(latest)
        if finished >= COMPLETE:
            words = self._whisper.hear(RecognitionJob("", latest, Priority.COMMIT))
            finished = 0.0 if breaks_off(" ".join(word.text for word in words)) else finished
        judged = Judgement(hearing.speech_end, finished, JUDGE_S + _KNOWN_S)
        return finished, self._patience.ends_at(hearing, judged)


def pauses(judges: Judges, text: str, voice: str, seed: int) -> Iterator[Pause]:
    """Every pause of one spoken answer."""
    rng = random.Random(seed)
    heard = np.zeros(SAMPLE_RATE // 2, np.float32)
    sentences = re.split(r"(?<=[.?!])\s+", text.strip())
    for number, sentence in enumerate(sentences):
        for place, speech in _parts(sentence, voice, rng):
            end = place == "sentence" and number == len(sentences) - 1
            heard = np.concatenate((heard, speech))
            silence = np.zeros(round(JUDGE_S * SAMPLE_RATE), np.float32)
            so_far = np.concatenate((heard, silence))
            noisy = mixed(so_far, noise("room", len(so_far), seed), 35.0)
            finished, ends_at = judges.ends_at(noisy)
            median, deviation = LENGTHS[place]
            seconds = max(_SHORTEST_S, median * float(np.exp(rng.gauss(0.0, deviation))))
            yield Pause(voice, "end" if end else place, float("inf") if end else seconds, finished, ends_at)
            heard = np.concatenate((heard, np.zeros(round(min(seconds, _LAST_S) * SAMPLE_RATE), np.float32)))


def _parts(sentence: str, voice: str, rng: random.Random) -> list[tuple[str, Samples]]:
    """A sentence in one or two parts, each with the place of the pause after it: the voice says it as one, so that what is
    before the pause sounds like the middle of a sentence."""
    words = sentence.split()
    commas = [at for at, word in enumerate(words[:-3]) if at > 2 and word.endswith(",")]
    kind = rng.choice(("whole", "comma", "filler"))
    if kind == "comma" and commas:
        at = rng.choice(commas) + 1
        said = sentence
        share = len(" ".join(words[:at])) / len(sentence)
    elif kind == "filler" and len(words) >= 8:
        at = rng.randrange(4, len(words) - 2)
        before = f"{' '.join(words[:at]).rstrip(',.;:')}, {rng.choice(FILLERS)}"
        said = f"{before} {' '.join(words[at:])}"
        share = len(before) / len(said)
    else:
        return [("sentence", _voiced(sentence, voice))]
    audio = _voiced(said, voice)
    cut = _gap_near(audio, share)
    if cut is None:
        return [("sentence", audio)]
    return [(kind, audio[: cut[0]]), ("sentence", audio[cut[1] :])]


def _gap_near(audio: Samples, share: float) -> tuple[int, int] | None:
    """The silence of at least 60 ms nearest to that share of the audio, in samples."""
    hop = SAMPLE_RATE // 100
    power = np.sqrt(np.mean(audio[: len(audio) // hop * hop].reshape(-1, hop) ** 2, axis=1))
    edges = np.flatnonzero(np.diff(np.concatenate(([False], power < 0.02 * power.max(), [False])).astype(int)))
    gaps = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= 6 and a > 20 and b < len(power) - 10]
    nearest = min(gaps, key=lambda gap: abs(gap[0] / len(power) - share), default=None)
    if nearest is None or abs(nearest[0] / len(power) - share) > 0.12:
        return None
    return int(nearest[0]) * hop, int(nearest[1]) * hop


def _voiced(text: str, voice: str) -> Samples:
    """Without the silence after it; kept in the temporary directory between runs."""
    path = KEPT / "turns" / f"{digest(f'{voice} {text}')}.wav"
    if not path.exists():
        if voice.startswith("kokoro-"):
            from benchmarks import kokoro

            _, style, accent = voice.split("-")
            audio = kokoro.say(text, style, accent)
        else:
            audio = say(text, Manner(voice))
        write(path, audio)
    audio = read(path)
    loud = np.flatnonzero(np.abs(audio) > 0.01)
    return audio[: loud[-1] + 1] if len(loud) else audio


def table(found: Sequence[Pause]) -> str:
    """The results as Markdown."""
    by_place: dict[str, list[Pause]] = defaultdict(list)
    for pause in found:
        by_place[pause.place].append(pause)
    lines = ["| pause after | pauses | thought the end | would end the answer |", "|---|---|---|---|"]
    inside = [pause for pause in found if pause.place != "end"]
    for place, some in [*((place, by_place[place]) for place in LENGTHS), ("any of these", inside)]:
        sure, cut = (sum(map(bool, of)) for of in ([p.finished >= COMPLETE for p in some], [p.cuts_off for p in some]))
        lines.append(f"| {place} | {len(some)} | {_percent(sure, len(some))} | {_percent(cut, len(some))} |")
    ends = [pause.ends_at for pause in by_place["end"]]
    final = np.quantile(ends, (0.5, 0.95))
    announced = np.quantile([max(0.0, wait - NOTICE_S) for wait in ends], (0.5, 0.95))
    lines += [
        "",
        f"At the end ({len(ends)} answers), median / p95: announced after {announced[0]:.1f} / {announced[1]:.1f} s,",
        f"final after {final[0]:.1f} / {final[1]:.1f} s.",
    ]
    return "\n".join(lines)


def _percent(part: int, whole: int) -> str:
    return f"{part} ({100 * part / max(1, whole):.1f} %)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", default="known-test", help="file of training/data/free")
    parser.add_argument("--answers", type=int, default=8, help="for each voice")
    parser.add_argument("--voices", nargs="+", default=["piper", "espeak", "flite-slt", "flite-rms", "flite-awb"],
                        help='also kokoro-<style>-<accent>, such as "kokoro-hm_omega-Indian"')  # fmt: skip
    parser.add_argument("--save", type=Path, help="append every pause to this file, as JSON")
    given = parser.parse_args()
    texts = [json.loads(line)["text"] for line in (ANSWERS / f"{given.part}.jsonl").read_text(encoding="utf-8").splitlines()]
    judges, found = Judges(), []
    for number, voice in enumerate(given.voices):
        rng = random.Random(number)
        for at in range(given.answers):
            for pause in pauses(judges, rng.choice(texts), voice, 1000 * number + at):
                found.append(pause)
                if given.save:
                    with given.save.open("a", encoding="utf-8") as file:
                        print(json.dumps([pause.voice, pause.place, pause.seconds, pause.finished, pause.ends_at]), file=file)
    print(table(found))


if __name__ == "__main__":
    main()
