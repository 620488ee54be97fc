"""Records volunteers who read answers aloud, for ``python -m benchmarks.voices --part recorded``.

``python -m benchmarks.record --speaker anna --accent Polish [--answers 4]`` shows one text after the other and records the
default microphone until Enter is pressed. With ``--from-file reading.wav`` another program records, and the file is read at
Enter. Audio, text and consent are stored together, outside the repository.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from hotseat.errors import InputError
from hotseat.questions.content import load_bank
from hotseat.rehearsal.audio_files import read_audio
from hotseat.settings import PROJECT
from hotseat.speech.audio import SAMPLE_RATE, Samples

from benchmarks import KEPT
from benchmarks.accuracy import dense_answers
from tests.audio import speech

LIST = KEPT / "recordings" / "recordings.jsonl"
"""One ``Recording`` a line; their files lie beside it."""
CONSENT = (
    "I read these texts myself and agree that the recordings are kept and used to test and improve speech recognition. "
    "Whoever has them may share them with these texts under CC0."
)
_RECORDERS = (
    ("arecord", "-q", "-f", "S16_LE", "-r", "16000", "-c", "1"),
    ("rec", "-q", "-b", "16", "-r", "16000", "-c", "1"),
)


@dataclass(frozen=True, slots=True)
class Recording:
    file: str
    speaker: str
    accent: str
    question: str
    """Id of the question that the text answers."""
    text: str
    consent: str
    """What the speaker agreed to."""
    recorded: str
    """Date."""


def microphone(path: Path) -> None:
    """Records into a WAV until Enter is pressed. Raises InputError where nothing here can record, or nothing was recorded."""
    command = next((command for command in _RECORDERS if shutil.which(command[0])), None)
    if command is None:
        raise InputError("neither arecord (alsa-utils) nor rec (sox) is installed; install one, or use --from-file")
    recorder = subprocess.Popen([*command, path])
    input("Recording. Press Enter at the end.")
    recorder.terminate()  # not an interrupt, which what a shell runs in the background ignores
    recorder.wait()
    if not path.exists():
        raise InputError(f"{command[0]} recorded nothing; is a microphone connected?")


def record(speaker: str, accent: str, answers: int, take: Callable[[], Samples]) -> None:
    """Has so many texts read that the speaker hasn't read yet. Raises InputError."""
    read = {made.question for made in recordings() if made.speaker == speaker}
    left = [item for item in dense_answers(load_bank(PROJECT / "rubrics"), "test") if item.question.id not in read]
    LIST.parent.mkdir(parents=True, exist_ok=True)
    for item in left[:answers]:
        print(f"\n{item.text}\n")
        audio, file = take(), re.sub(r"\W+", "-", f"{speaker} {item.question.id}") + ".wav"
        speech.write(LIST.with_name(file), audio)
        today = datetime.date.today().isoformat()
        made = Recording(file, speaker, accent, item.question.id, item.text, CONSENT, today)
        with LIST.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(asdict(made), ensure_ascii=False) + "\n")
        print(f"Kept {len(audio) / SAMPLE_RATE:.0f} s as {LIST.with_name(file)}")


def recordings() -> list[Recording]:
    """All that were made."""
    if not LIST.exists():
        return []
    return [Recording(**json.loads(line)) for line in LIST.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speaker", required=True, help="a name or a made-up one")
    parser.add_argument("--accent", required=True, help="such as Indian or Polish; speakers of one accent are totalled")
    parser.add_argument("--answers", type=int, default=4)
    parser.add_argument("--from-file", type=Path, help="a reading of the next text, in any audio format")
    given = parser.parse_args()
    print(CONSENT)
    if input("Do you agree? Type yes: ").strip().lower() != "yes":
        parser.error("nothing is recorded without your consent")

    def take() -> Samples:
        if given.from_file is not None:
            input(f"Record the text into {given.from_file}, and press Enter.")
            return read_audio(given.from_file)
        input("Press Enter, and read the text aloud.")
        with tempfile.TemporaryDirectory() as folder:
            microphone(path := Path(folder) / "reading.wav")
            return read_audio(path)

    try:
        record(given.speaker, given.accent, given.answers, take)
    except InputError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
