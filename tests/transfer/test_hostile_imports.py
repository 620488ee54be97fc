"""Malicious exports can't exhaust memory, disk or time, or store what can't be read."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
import sqlite3
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hotseat.domain.model import PointStatus
from hotseat.engines import codecs
from hotseat.errors import InputError, StorageError
from hotseat.http.app import create_app
from hotseat.http.routes import transfer as routes
from hotseat.practice.due import Practice
from hotseat.session.records import LOCAL
from hotseat.speech.audio import SAMPLE_RATE
from hotseat.startup.assembly import Assembly
from hotseat.storage.rows import Rows, Scope
from hotseat.transfer import disk_space as room
from hotseat.transfer.checking import checked_rows
from hotseat.transfer.disk_space import KEPT_FREE_BYTES
from hotseat.transfer.importing import Imported, import_file, open_export
from hotseat.transfer.removing import remove
from starlette.testclient import TestClient

from tests.support.disks import mounted
from tests.support.fakes import BANK, fake_assembly, importing, removing
from tests.support.in_process_server import client
from tests.support.past_interviews import sat
from tests.transfer.test_transfer import EVERYTHING, audio_name, changed, contents, exported, repacked, sit, storage

Document = dict[str, Any]
HOUR = 3600 * SAMPLE_RATE


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One interview that was sat, with audio, and one that has a grade with quotes."""
    folder = tmp_path_factory.mktemp("sample")

    async def make() -> dict[str, bytes]:
        await sit(folder)
        async with storage(folder) as assembly:
            question = BANK.question("finetuning/lora")
            await sat(
                assembly.storage.store,
                "graded",
                1_760_000_000.0,
                [(question, {point.id: PointStatus.MET for point in question.points[:2]})],
            )
            await assembly.practice().catch_up()
            return {kind: (await exported(assembly, kind=kind)).getvalue() for kind in ("json", "zip")}

    return asyncio.run(make())


def last(document: Document, kind: str) -> Document:
    """The graded interview's last event of this type."""
    own = [event for event in document["tables"]["events"] if event["interview_id"] == "graded"]
    return next(event for event in reversed(own) if event["type"] == kind)


def quote(document: Document) -> Document:
    """What a grade quotes."""
    findings = [
        finding
        for criterion in last(document, "RoundGraded")["payload"]["grade"]["criteria"]
        for finding in criterion["findings"]
    ]
    return next(finding["evidence"] for finding in findings if finding["evidence"] is not None)


def grade_round(document: Document, number: int) -> None:
    """Adds a grade of this round, which the replay passes over, to the end of the graded interview's log."""
    event = last(document, "RoundGraded")
    again = {**event, "seq": event["seq"] + 1, "payload": {**event["payload"], "round": number}}
    document["tables"]["events"].append(again)


def regrade(document: Document) -> None:
    grade = json.loads(json.dumps(last(document, "RoundGraded")["payload"]["grade"]))
    for criterion in grade["criteria"]:
        for finding in criterion["findings"]:
            if finding["evidence"] is not None:
                finding["evidence"]["word_end"] = 10**12
    row = {"interview_id": "graded", "seq": 0, "round": 0, "kind": "corrected", "reason": "", "grade": grade}
    document["tables"]["regrades"].append({**row, "ruling": {}, "made": 1_760_000_000.0, "by": LOCAL})


def correct(document: Document) -> None:
    """Adds a correction of an unknown kind."""
    row = {"interview_id": "graded", "seq": 0, "turn_id": 1, "word": 0, "change": "erase", "before": "", "text": ""}
    document["tables"]["corrections"].append({**row, "made": 1_760_000_000.0, "by": LOCAL})


def rename(document: Document, name: str) -> None:
    """Gives the graded interview another id."""
    for table in document["tables"].values():
        for row in table:
            for column in ("id", "interview_id"):
                if row.get(column) == "graded":
                    row[column] = name


# ---- What nothing could read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: rename(d, "graded\n"), "is not an interview id"),
        (lambda d: d["tables"]["interviews"][0].update(id=[]), "expected VARCHAR"),
        (lambda d: d["tables"]["events"][0].update(wall=1e300), "has an event with an impossible time"),
        (lambda d: d["tables"]["events"][0].update(wall=-1.0), "has an event with an impossible time"),
        (lambda d: d["tables"]["events"][0].update(monotonic=1e308), "has an event with an impossible time"),
        (lambda d: d["tables"]["ratings"][0].update(at=1e300), "has no date, or ratings other than 1 to 4"),
        (lambda d: d["tables"]["ratings"][0].update(ratings={"frozen": 9}), "ratings other than 1 to 4"),
        (lambda d: d["tables"]["ratings"][0].update(ratings={"frozen": "3"}), "ratings other than 1 to 4"),
        (lambda d: d["tables"]["ratings"][0].update(ratings={"frozen": True}), "ratings other than 1 to 4"),
        (lambda d: d["tables"]["ratings"][0].update(ratings=[3]), "ratings other than 1 to 4"),
        (lambda d: grade_round(d, -7), "grades a round that it does not have"),
        (lambda d: grade_round(d, 3), "grades a round that it does not have"),
        (lambda d: last(d, "Transcribed")["payload"].update(duration_s=1e9), "longer than 3600 seconds"),
        (lambda d: last(d, "Transcribed")["payload"]["transcript"]["words"][-1].update(end=1e9), "longer than 3600 seconds"),
        (lambda d: last(d, "Transcribed")["payload"].update(speech=[{"start": 0.0, "end": 1e9}]), "longer than 3600 seconds"),
        (lambda d: quote(d).update(word_end=10**12), "quotes words that no answer has"),
        (regrade, "tables.regrades: graded: a grade quotes words that no answer has"),
        (correct, "tables.interviews: graded: can't be shown: "),
    ],
)
async def test_unreadable_values_are_refused_by_place(
    tmp_path: Path, sample: dict[str, bytes], change: Callable[[Document], None], message: str
) -> None:
    """Ids, times, ratings and lengths that a page or the next start would choke on: the place is named, nothing is added."""
    async with storage(tmp_path) as assembly:
        before = contents(tmp_path)
        with pytest.raises(InputError, match=message):
            await import_file(*importing(assembly), changed(sample["json"], change))
        assert contents(tmp_path) == before


async def test_cards_are_worked_out_before_anything_is_stored(
    tmp_path: Path, sample: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever of the ratings or grades the schedule can't take is an error of the import, and not of the next start."""

    async def fails(*_arguments: object) -> None:
        raise IndexError("no such round")

    async with storage(tmp_path) as assembly:
        before = contents(tmp_path)
        for name in ("recompute", "rate_round"):
            with monkeypatch.context() as patched:
                patched.setattr(Practice, name, fails)
                with pytest.raises(InputError, match=r"can't be shown: IndexError: no such round"):
                    await import_file(*importing(assembly), io.BytesIO(sample["json"]))
            assert contents(tmp_path) == before
        assert len((await import_file(*importing(assembly), io.BytesIO(sample["json"]))).interviews) == 2


async def test_an_impossible_id_can_be_deleted(tmp_path: Path) -> None:
    """An interview whose id no archive can name, from an import of long ago, goes like any other, alone or with everything."""
    async with storage(tmp_path) as assembly:
        for scope in (Scope(interviews=("bad\n",)), Scope(owner=LOCAL), EVERYTHING):
            question = BANK.question("finetuning/lora")
            await sat(assembly.storage.store, "bad\n", 1_760_000_000.0, [(question, {})])
            removed = await remove(*removing(assembly), scope)
            assert (removed.interviews, removed.files, removed.rows_left, removed.files_left) == (1, 0, 0, 0)


# ---- What would take memory, disk or time ---------------------------------------------------------------------------


def flac(pcm: np.ndarray[Any, Any], rate: int, layout: str = "mono") -> bytes:
    """A FLAC file of any form."""
    file = io.BytesIO()
    with av.open(file, "w", format="flac") as output:
        stream = output.add_stream("flac", rate=rate)
        assert isinstance(stream, av.AudioStream)
        stream.layout, stream.format = layout, "s16"
        frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate = rate
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return file.getvalue()


@pytest.mark.parametrize(("rate", "layout"), [(1, "mono"), (8, "mono"), (15_999, "mono"), (48_000, "mono"), (16_000, "stereo")])
def test_other_forms_of_audio_are_refused_undecoded(rate: int, layout: str) -> None:
    """A second of one sample a second would become sixteen thousand: only what an export writes is decoded."""
    bomb = flac(np.zeros(20_000, "<i2"), rate, layout)
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="as an export writes it"):
            codecs.decode(bomb, "flac", HOUR)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()
    assert codecs.decode(flac(np.zeros(20_000, "<i2"), SAMPLE_RATE), "flac", 20_000) == bytes(40_000)


def test_another_codec_in_the_container_is_refused() -> None:
    """An Ogg file may hold other sound than Opus."""
    file = io.BytesIO()
    with av.open(file, "w", format="ogg") as output:
        stream = output.add_stream("flac", rate=48_000)
        assert isinstance(stream, av.AudioStream)
        stream.layout, stream.format = "mono", "s16"
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), "<i2"), format="s16", layout="mono")
        frame.sample_rate = 48_000
        output.mux(stream.encode(frame))
    with pytest.raises(InputError, match="is not opus audio as an export writes it"):
        codecs.decode(file.getvalue(), "opus", 1600)


def add_recordings(document: Document, held: dict[str, bytes], turns: range, *, own_files: bool) -> None:
    """Recordings of further turns, all with the same sound."""
    [first] = document["recordings"]
    for turn in turns:
        name = f"audio/{turn}.flac" if own_files else first["file"]
        held[name] = held[audio_name(held)]
        document["recordings"].append({**first, "turn_id": turn, "file": name})


@pytest.mark.parametrize(
    ("own_files", "message"),
    [(False, "two recordings in one file"), (True, r"audio/1000\.flac: interview \w+ has no turn 1000")],
)
async def test_one_file_is_not_many_recordings(tmp_path: Path, sample: dict[str, bytes], own_files: bool, message: str) -> None:
    """Neither by naming one file again and again, nor by audio of turns that never were."""
    bomb = repacked(sample["zip"], lambda d, held: add_recordings(d, held, range(1000, 1010), own_files=own_files))
    async with storage(tmp_path) as assembly:
        before = contents(tmp_path)
        with pytest.raises(InputError, match=message):
            await import_file(*importing(assembly), bomb)
        assert contents(tmp_path) == before


async def test_audio_has_to_fit_on_the_disk(tmp_path: Path, sample: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """What the recordings say they hold is compared with the free disk before any is decoded; some stays free."""
    usage = shutil.disk_usage(tmp_path)
    [recording] = json.loads(_document(sample["zip"]))["recordings"]
    needed = 2 * recording["samples"]
    async with storage(tmp_path) as assembly:
        for free, fits in ((KEPT_FREE_BYTES + needed - 1, False), (KEPT_FREE_BYTES + needed, True)):
            monkeypatch.setattr(shutil, "disk_usage", lambda _path, free=free: usage._replace(free=free))
            if fits:
                assert (await import_file(*importing(assembly), io.BytesIO(sample["zip"]))).recordings == 1
            else:
                before = contents(tmp_path)
                with monkeypatch.context() as patched, pytest.raises(StorageError, match="the disk has room for"):
                    patched.setattr(codecs, "decode", None)
                    await import_file(*importing(assembly), io.BytesIO(sample["zip"]))
                assert contents(tmp_path) == before


def _document(data: bytes) -> bytes:
    return zipfile.ZipFile(io.BytesIO(data)).read("export.json")


async def test_a_document_of_brackets_is_refused_unread(tmp_path: Path, sample: dict[str, bytes]) -> None:
    """Three bytes of JSON may take sixty of memory; a document that consists of such is not even parsed."""
    bomb = changed(
        sample["json"], lambda d: d["tables"]["settings"].append({"owner": LOCAL, "name": "x", "value": [[]] * 20_000})
    )
    async with storage(tmp_path) as assembly:
        with pytest.raises(InputError, match="hardly more than brackets"):
            await import_file(*importing(assembly), bomb)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[TestClient]:
    async def nothing(_services: Assembly) -> None:
        """The fakes are there already."""

    with TestClient(create_app(fake_assembly(tmp_path), nothing), base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.mark.parametrize("kind", ["json", "zip"])
def test_a_large_document_is_for_the_command_line(
    browser: TestClient, sample: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """What is sent to a server may have a smaller document than what is imported on it; the way out is named."""
    assert routes.MAX_UPLOADED_DOCUMENT_BYTES == 16 << 20
    monkeypatch.setattr(routes, "MAX_UPLOADED_DOCUMENT_BYTES", 1000)
    refused = browser.post("/api/import", content=sample[kind])
    assert refused.status_code == 422 and "or use `hotseat import`, which takes up to 256 MB" in refused.json()["error"]
    monkeypatch.undo()
    assert browser.post("/api/import", content=sample[kind]).status_code == 201


@pytest.mark.parametrize("bytes_free", [0, 1_500_000])
def test_an_import_leaves_room_for_interviews(
    browser: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bytes_free: int
) -> None:
    """It is refused unread where it would not fit, and given up where others fill the disk meanwhile; no path is told."""
    usage = shutil.disk_usage(tmp_path)
    free = [KEPT_FREE_BYTES + bytes_free, KEPT_FREE_BYTES]

    def looked(_path: object) -> object:
        return usage._replace(free=free.pop(0) if len(free) > 1 else free[0])

    monkeypatch.setattr(shutil, "disk_usage", looked)
    refused = browser.post("/api/import", content=bytes(1_400_000))
    assert refused.status_code == 413
    assert "room" in refused.json()["error"] and str(tmp_path) not in refused.text


def test_a_full_disk_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """413 without the server's path or a trace, and afterwards everything is free again."""
    monkeypatch.setattr(room, "free_bytes", lambda _data_dir: 1 << 40)

    async def nothing(_services: Assembly) -> None: ...

    with (
        mounted(tmp_path / "small", "3m") as small,
        TestClient(create_app(fake_assembly(small), nothing), base_url="http://127.0.0.1:8000") as client,
    ):
        before = shutil.disk_usage(small).free
        refused = client.post("/api/import", content=bytes(4_000_000))
        assert refused.status_code == 413 and "disk is full" in refused.json()["error"]
        assert str(small) not in refused.text
        assert shutil.disk_usage(small).free >= before - 100_000


def test_a_table_of_contents_without_end_is_refused(browser: TestClient, tmp_path: Path) -> None:
    """Half a million entries that hold nothing take no memory: the table is refused by its size."""
    entry = b"PK\x01\x02" + bytes(24) + (1).to_bytes(2, "little") + bytes(16) + b"a"
    table = entry * 500_000
    end = b"PK\x05\x06" + bytes(4) + b"\xff\xff\xff\xff" + len(table).to_bytes(4, "little") + bytes(6)
    assert (
        len(zipfile.ZipFile(io.BytesIO(entry * 3 + end[:12] + (len(entry) * 3).to_bytes(4, "little") + bytes(6))).namelist())
        == 3
    )
    file = tmp_path / "bomb.zip"
    file.write_bytes(table + end)
    tracemalloc.start()
    try:
        with file.open("rb") as opened, pytest.raises(InputError, match="table of contents is larger than 4194304 bytes"):
            open_export(opened)
        assert tracemalloc.get_traced_memory()[1] < 10 << 20
    finally:
        tracemalloc.stop()
    refused = browser.post("/api/import", content=table + end)
    assert refused.status_code == 422 and "table of contents" in refused.json()["error"]


async def test_one_import_at_a_time(tmp_path: Path, sample: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends a file while another is read in waits: each takes some of the server's memory."""
    running: list[int] = []
    most: list[int] = []

    async def slow(*_arguments: object) -> Imported:
        running.append(1)
        most.append(len(running))
        await asyncio.sleep(0.05)
        running.pop()
        return Imported((), (), 0, 0, (), 0)

    monkeypatch.setattr(routes, "import_file", slow)
    assembly = fake_assembly(tmp_path)
    async with client(assembly) as http:
        answers = await asyncio.gather(*(http.post("/api/import", content=sample["json"]) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [201] * 3
    assert most == [1, 1, 1]
    await assembly.storage.store.close()


async def test_one_export_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many at once would take the threads in which answers are transcribed."""
    running: list[int] = []
    most: list[int] = []

    async def slow(*arguments: Any) -> None:
        running.append(1)
        most.append(len(running))
        await asyncio.sleep(0.05)
        running.pop()
        arguments[-1].write(b"{}")

    monkeypatch.setattr(routes, "export", slow)
    assembly = fake_assembly(tmp_path)
    async with client(assembly) as http:
        answers = await asyncio.gather(*(http.get("/api/export") for _ in range(3)))
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"{}")] * 3
    assert most == [1, 1, 1]
    await assembly.storage.store.close()


async def test_the_copy_that_is_checked_is_nowhere_else(
    tmp_path: Path, sample: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While an import is checked its rows are in the data directory, where what a killed process leaves is found again."""
    seen: list[Path] = []

    async def look(*arguments: Any) -> Rows:
        seen.extend(await asyncio.to_thread(lambda: list(tmp_path.glob("copy-*/scratch.db"))))
        return await checked_rows(*arguments)

    monkeypatch.setattr("hotseat.transfer.importing.checked_rows", look)
    async with storage(tmp_path) as assembly:
        await import_file(*importing(assembly), io.BytesIO(sample["json"]))
    assert len(seen) == 1 and not seen[0].parent.exists()
    with closing(sqlite3.connect(tmp_path / "hotseat.db")) as database:
        assert database.execute("SELECT count(*) FROM interviews").fetchone() == (2,)
