"""The commands that read audio and text files: their output, and one clear line for bad input."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hotseat.settings import PROJECT
from hotseat.speech.audio import SAMPLE_RATE

from tests.audio.speech import say, write
from tests.conftest import ServerProcess, share_models
from tests.support.command_line import hotseat, hotseat_here
from tests.support.fakes import BANK

LORA = "finetuning/lora"
RAPID, RAPID_LIMIT_S = "capstone/rapid-quantization", 20
SPOKEN = (
    "It freezes the base model and learns the weight update as a product of two small matrices. "
    "This means far fewer parameters are trained, so it needs much less memory."
)
WRITTEN = (
    "LoRA freezes the base model and adds small trainable matrices, fewer parameters, QLoRA also quantizes, "
    "more efficient than full fine-tuning"
)
"""The worked example of the design: recognition, not understanding."""
VERDICTS = {"Strong Hire", "Lean Hire", "Lean No Hire", "No Hire", "Not Assessable"}


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spoken") / "answer.wav"
    write(path, say(SPOKEN))
    return path


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For commands that run without the server."""
    path = tmp_path_factory.mktemp("data")
    share_models(path)
    return path


def printed(*arguments: str, **environment: str) -> Any:
    """What a command prints as JSON."""
    return parsed(hotseat(*arguments, **environment))


def parsed(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# ---- What works -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def transcribed(spoken: Path, data_dir: Path) -> Any:
    return printed("transcribe", str(spoken), "--question", LORA, "--json", HOTSEAT_DATA_DIR=str(data_dir))


def test_a_rehearsal_reports_words_grade_and_every_wait(server: ServerProcess, spoken: Path, transcribed: Any) -> None:
    """An audio file is spoken into the running server: the report has the transcript, the grade and all latencies."""
    report = printed("rehearse", "--json", "--url", server.url, "--question", LORA, "--audio", str(spoken))
    assert report["finished"] and report["url"] == server.url
    first, second = report["turns"]
    assert (first["follow_up"], second["follow_up"]) == (False, True)
    assert (first["file"], second["file"]) == (str(spoken), None)
    assert first["ended_by"] == "done" and second["ended_by"] == "skipped"
    assert "freezes the base model" in first["text"] and "fewer parameters" in first["text"]
    assert first["text"] == transcribed["text"], "a file is heard as a live answer is"
    assert first["captions"] >= 2
    seconds = len(say(SPOKEN)) / SAMPLE_RATE
    assert first["duration_s"] == pytest.approx(seconds, abs=1.0)
    waits = first["latencies"]
    assert 0 <= waits["acknowledgement_s"] <= waits["final_transcript_s"] <= waits["reply_audio_s"]
    assert second["latencies"]["grade_s"] >= 0, "grading begins when the round is over"
    [entry] = report["rounds"]
    assert entry["question"]["id"] == LORA
    assert entry["grade"]["verdict"] in VERDICTS - {"Not Assessable"}
    assert entry["answers"][0]["text"] == first["text"]
    assert second["asked"] == entry["answers"][1]["asked"]


def test_a_rehearsal_can_end_by_silence(server: ServerProcess, spoken: Path) -> None:
    """With --end silence nobody presses Done: silence ends the answer, and captions lag by seconds at most."""
    report = printed(
        "rehearse", "--json", "--url", server.url, "--question", LORA, "--follow-ups", "0", "--end", "silence",
        "--audio", str(spoken),
    )  # fmt: skip
    [turn] = report["turns"]
    assert turn["ended_by"] == "silence"
    assert "fewer parameters" in turn["text"]
    assert turn["caption_lags_s"] and all(-1 < lag < 10 for lag in turn["caption_lags_s"])


def test_a_rehearsal_can_end_by_the_limit(server: ServerProcess, tmp_path: Path) -> None:
    """With --end limit the time runs out while somebody still speaks; what was said until then is the answer."""
    write(tmp_path / "long.wav", np.tile(say(SPOKEN), 3))
    report = printed(
        "rehearse", "--json", "--url", server.url, "--question", RAPID, "--follow-ups", "0", "--end", "limit",
        "--audio", str(tmp_path / "long.wav"),
    )  # fmt: skip
    [turn] = report["turns"]
    assert turn["ended_by"] == "limit"
    assert turn["duration_s"] == pytest.approx(RAPID_LIMIT_S, abs=0.5)
    assert turn["text"].count("freezes the base model") == 2
    assert turn["caption_lags_s"] and all(-1 < lag < 10 for lag in turn["caption_lags_s"])


def test_transcribing_a_file(transcribed: Any) -> None:
    """The words have times and probabilities, and the text is made of them."""
    result = transcribed
    assert result["question"] == LORA and result["heard_speech"]
    assert "freezes the base model" in result["text"]
    assert result["text"] == " ".join(word["text"] for word in result["words"])
    assert all(0 <= word["start"] <= word["end"] <= result["duration_s"] + 0.5 for word in result["words"])


def test_transcribing_silence(tmp_path: Path, data_dir: Path) -> None:
    """No speech is no words, not invented ones."""
    write(tmp_path / "silence.wav", np.zeros(5 * SAMPLE_RATE, np.float32))
    result = printed("transcribe", str(tmp_path / "silence.wav"), "--question", LORA, "--json", HOTSEAT_DATA_DIR=str(data_dir))
    assert (result["text"], result["words"], result["heard_speech"]) == ("", [], False)


def test_grading_a_written_answer(tmp_path: Path, data_dir: Path) -> None:
    """The worked example is Lean No Hire, and every point that counts as made quotes the answer."""
    answer = tmp_path / "answer.txt"
    answer.write_text(WRITTEN)
    graded = printed(
        "grade", "--question", LORA, "--answer-file", str(answer), "--json",
        HOTSEAT_DATA_DIR=str(data_dir),
    )  # fmt: skip
    assert (graded["question"], graded["verdict"], graded["grader"]) == (LORA, "Lean No Hire", "embedded")
    findings = [finding for criterion in graded["criteria"] for finding in criterion["findings"]]
    assert {finding["point_id"] for finding in findings} == {point.id for point in BANK.question(LORA).points}
    made = [finding for finding in findings if finding["status"] == "met"]
    assert made and all(finding["evidence"]["quote"] in WRITTEN for finding in made)


def test_grading_from_standard_input(data_dir: Path) -> None:
    """The file - is standard input."""
    command = ("grade", "--question", LORA, "--answer-file", "-", "--grader", "embedded", "--json")
    graded = parsed(hotseat_here(*command, stdin=WRITTEN.encode(), HOTSEAT_DATA_DIR=str(data_dir)))
    assert graded["verdict"] == "Lean No Hire"


def test_the_bank_as_json() -> None:
    """All topics and questions are listed with their rubrics, and the ids the outside relies on are there."""
    bank = parsed(hotseat_here("bank", "--json"))
    assert [topic["id"] for topic in bank["topics"]] == [topic.id for topic in BANK.topics]
    questions = {question["id"]: question for question in bank["questions"]}
    assert {f"{topic.id}/core" for topic in BANK.topics if topic.id != "capstone"} <= questions.keys()
    assert {"capstone/stack", "capstone/choose", "capstone/measure", "capstone/failures", "capstone/cost"} <= questions.keys()
    assert questions[LORA]["rubric_version"] and questions[LORA]["criteria"][0]["points"]


def test_the_doctor_finds_everything_well(data_dir: Path) -> None:
    """Every part is checked by loading it, and all is well with the packaged models."""
    report = printed("doctor", "--json", HOTSEAT_DATA_DIR=str(data_dir))
    assert report["ok"]
    assert {"Question bank", "Disk", "Access", "Speech recognition", "Voice", "Grader"} <= {
        check["name"] for check in report["checks"]
    }
    assert all(check["ok"] and check["detail"] for check in report["checks"])


def test_the_doctor_finds_what_is_missing(data_dir: Path) -> None:
    """A voice that is not there makes the exit code 1, and its check says where it was looked for."""
    done = hotseat(
        "doctor", "--json", HOTSEAT_DATA_DIR=str(data_dir), HOTSEAT_TTS__VOICE="/nowhere/joe.onnx", HOTSEAT_LLM__URL="off"
    )
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert not report["ok"]
    [failed] = [check for check in report["checks"] if not check["ok"]]
    assert failed["name"] == "Voice" and "/nowhere/joe.onnx" in failed["detail"]


# ---- What does not --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files that are not what they should be."""
    folder = tmp_path_factory.mktemp("bad")
    (folder / "empty").write_bytes(b"")
    (folder / "latin1.txt").write_bytes("Für LoRA".encode("latin-1"))
    (folder / "text.wav").write_text("this is not audio\n" * 100)
    (folder / "cut.wav").write_bytes(b"RIFF\x24\x00\x00\x00WAVEfmt ")
    (folder / "long.txt").write_text("word " * 20_000)
    with (folder / "endless").open("wb") as file:
        file.truncate(1 << 40)
    write(folder / "good.wav", say("It freezes the base model."))
    (folder / "good.txt").write_text(WRITTEN)
    return folder


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("grade --question no/such --answer-file good.txt --json", "no/such"),
        ("grade --question ../../etc/passwd --answer-file good.txt --json", "../../etc/passwd"),
        (f"grade --question {LORA} --answer-file missing.txt --json", "missing.txt"),
        (f"grade --question {LORA} --answer-file . --json", "irectory"),
        (f"grade --question {LORA} --answer-file empty --json", "empty"),
        (f"grade --question {LORA} --answer-file latin1.txt --json", "UTF-8"),
        (f"grade --question {LORA} --answer-file long.txt --json", "64000"),
        (f"grade --question {LORA} --answer-file good.txt --grader guess --json", "guess"),
        (f"grade --question {LORA}", "--answer-file"),
        (f"transcribe missing.wav --question {LORA} --json", "missing.wav"),
        (f"transcribe empty --question {LORA} --json", "empty"),
        (f"transcribe text.wav --question {LORA} --json", "text.wav"),
        (f"transcribe cut.wav --question {LORA} --json", "cut.wav"),
        (f"transcribe . --question {LORA} --json", "."),
        ("transcribe good.wav --question no/such --json", "no/such"),
        ("transcribe good.wav --json", "--question"),
        (f"rehearse --audio missing.wav --question {LORA} --json", "missing.wav"),
        (f"rehearse --audio text.wav --question {LORA} --json", "text.wav"),
        (f"rehearse --audio good.wav --question {LORA} --follow-ups 9 --json", "9"),
        (f"rehearse --audio good.wav --question {LORA} --url http://127.0.0.1:9 --json", "127.0.0.1:9"),
        (f"grade --question {LORA} --answer-file endless --json", "64000"),
        ("grade --question finetunin/lora --answer-file good.txt", "did you mean finetuning/lora"),
        (f"transcribe - --question {LORA}", "standard input"),
        ("serve --port 99999", "--port"),
        ("nonsense", "nonsense"),
        ("bank --nonsense", "--nonsense"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    command: str, named: str, bad: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever can't be used is named in one line on stderr, with nothing on stdout."""
    monkeypatch.chdir(bad)
    assert_refused(hotseat_here(*command.split(), HOTSEAT_DATA_DIR=str(data_dir)), named)


@pytest.mark.parametrize("group", ["", "accounts"])
def test_a_missing_command_is_asked_for(group: str) -> None:
    """With what lists them, written as the program was started."""
    assert_refused(hotseat(*group.split()), f"say a command; `{' '.join(['python -m hotseat', *group.split()])} --help`")


def test_the_running_server_refuses_an_unknown_question(server: ServerProcess, bad: Path) -> None:
    """What the server says is wrong with an interview is what the command says."""
    done = hotseat_here("rehearse", "--url", server.url, "--audio", str(bad / "good.wav"), "--question", "no/such", "--json")
    assert_refused(done, "no/such")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HOTSEAT_PORT", "eighty"),
        ("HOTSEAT_PORT", "70000"),
        ("HOTSEAT_GRADER", "gut-feeling"),
        ("HOTSEAT_INTERVIEW__FOLLOW_UPS", "4"),
        ("HOTSEAT_ASR__WORKERS", "0"),
        ("HOTSEAT_LLM__UNKNOWN", "1"),
        ("HOTSEAT_LLM", "off"),
        ("HOTSEAT_ASR", "{bad"),
        ("HOTSEAT_DATABASE_URL", "postgresql+asyncpg://u:p@db:none/hotseat"),
        ("HOTSEAT_DATABASE_URL", "postgresql://u:p@db/hotseat"),
        ("HOTSEAT_DATABASE_URL", "sqlite:///hotseat.db"),
    ],
)
def test_bad_settings_are_named(variable: str, value: str, data_dir: Path) -> None:
    """A setting that can't be is named as it is written."""
    assert_refused(hotseat_here("serve", **{"HOTSEAT_DATA_DIR": str(data_dir), variable: value}), variable)


def test_serving_to_others_without_a_way_in_is_refused(data_dir: Path) -> None:
    """In one line, which names the address."""
    assert_refused(hotseat("serve", HOTSEAT_DATA_DIR=str(data_dir), HOTSEAT_HOST="0.0.0.0"), "0.0.0.0")


def test_a_port_in_use(data_dir: Path) -> None:
    """Serving on a taken port says so and how to choose another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = hotseat_here("serve", "--port", port, HOTSEAT_DATA_DIR=str(data_dir))
    assert_refused(done, port)
    assert "--port" in done.stderr


@pytest.fixture
def rubrics(tmp_path: Path) -> Iterator[Path]:
    """A copy of the rubrics to spoil."""
    yield shutil.copytree(PROJECT / "rubrics", tmp_path / "rubrics")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("difficulty = ", "difficulty = 9 # ", "difficulty"),
        ('tier = "lean"', 'tier = "medium"', "].points["),
        ("title = ", "titel = ", "titel"),
        ("probes = [", 'probes = ["nothing-like-it", ', "nothing-like-it"),
        ("[[criteria]]", "[[criteria]", "not valid TOML"),
    ],
)
def test_a_malformed_rubric_names_file_and_field(old: str, new: str, field: str, rubrics: Path) -> None:
    """A wrong rubric stops a command with the file and the field that is wrong."""
    spoiled = rubrics / "finetuning" / "lora.toml"
    text = spoiled.read_text(encoding="utf-8")
    assert old in text
    spoiled.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = hotseat_here("bank", "--json", HOTSEAT_RUBRICS_DIR=str(rubrics))
    assert_refused(done, "finetuning/lora.toml")
    assert field in done.stderr


def test_serving_needs_a_sound_bank(rubrics: Path, data_dir: Path) -> None:
    """A rubric in another encoding is named, and nothing is served."""
    (rubrics / "finetuning" / "lora.toml").write_bytes("title = 'für'".encode("latin-1"))
    done = hotseat_here("serve", "--port", "0", HOTSEAT_RUBRICS_DIR=str(rubrics), HOTSEAT_DATA_DIR=str(data_dir))
    assert_refused(done, "finetuning/lora.toml")


def assert_refused(done: Any, named: str) -> None:
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert named in line and line.startswith("hotseat: ")
