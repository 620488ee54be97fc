"""Interviews exported, deleted and imported, with a real database and archive."""

from __future__ import annotations

import asyncio
import io
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from hotseat.cli.main import cli, main
from hotseat.domain.corrections import Change, Correction
from hotseat.domain.practice import Assessment, Rated
from hotseat.errors import InputError, StorageError
from hotseat.http.app import create_app
from hotseat.practice.scheduling import cards
from hotseat.questions.formats import Choices
from hotseat.questions.library import Library
from hotseat.session.eventlog import decode_event, decode_plan
from hotseat.session.records import LOCAL, LoggedEvent, Note
from hotseat.session.session import replay
from hotseat.session.summary import summary
from hotseat.settings import PROJECT
from hotseat.startup.assembly import Assembly
from hotseat.storage.rows import Scope
from hotseat.storage.tables import DERIVED, LEFT_OUT
from hotseat.transfer.document import Document, schema
from hotseat.transfer.exporting import export
from hotseat.transfer.importing import import_file, open_export
from hotseat.transfer.removing import remove
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.support.fake_interview import LORA, finish, sitting
from tests.support.fakes import BANK, CATALOGUE, STUDY, fake_assembly, importing, removing

EVERYTHING = Scope()
INFRA = {"path": "infra", "start": "2026-02-01", "interview": "2026-03-01"}
SECRET = "freeze the base model"
"""What FakeTranscriber hears in every answer."""


_empty: list[bytes] = []
"""A migrated database, made once."""


def prepare(database: Path) -> None:
    database.parent.mkdir(parents=True, exist_ok=True)
    database.write_bytes(_empty[0])


async def make_empty() -> None:
    with tempfile.TemporaryDirectory() as folder:
        assembly = fake_assembly(Path(folder))
        await assembly.storage.tables.erase(EVERYTHING)  # empties the write-ahead log
        _empty.append((Path(folder) / "hotseat.db").read_bytes())
        await assembly.storage.store.close()


@asynccontextmanager
async def storage(folder: Path) -> AsyncIterator[Assembly]:
    if not _empty:
        await make_empty()
    database = folder / "hotseat.db"
    if not database.exists():
        prepare(database)
    assembly = fake_assembly(folder)
    try:
        yield assembly
    finally:
        await assembly.storage.store.close()


async def sit(folder: Path, speed: float = 20.0) -> str:
    """A finished interview with a recording; returns its id."""
    async with storage(folder):
        assembly = fake_assembly(folder, speed=speed)
    async with sitting(assembly, Choices("drill", LORA.question_ids, follow_ups=0)) as (_, candidate):
        candidate.say(type="start")
        await candidate.answer()
        await finish(candidate)
        rated = Rated(candidate.id, 0, "finetuning/lora", 1_760_000_000.5, {"frozen": 3, "low-rank": 1})
        await assembly.storage.store.keep_note(candidate.id, Note(0, "Say “frozen” first – näher am Punkt.\n", 1_760_000_001.0))
        correction = Correction(1, 0, Change.EDIT, "freeze", "froze", 1_760_000_002.0, LOCAL)
        await assembly.storage.store.amend(candidate.id, correction)
        history = await assembly.storage.store.ratings(LOCAL, rated.question_id)
        await assembly.storage.store.rate(LOCAL, rated, cards([*history, rated]))
        await assembly.storage.store.add_assessment(LOCAL, Assessment(1_760_000_000.25, {"rag": 3}))
        await assembly.storage.store.keep(LOCAL, "plan", {"path": "deep", "start": "2026-01-01", "interview": "2026-03-01"})
        return candidate.id


def contents(folder: Path) -> tuple[dict[str, list[tuple[Any, ...]]], dict[str, bytes]]:
    """Every cell of every table as SQLite stores it, with its type, and every file of audio; not who works on it."""
    with closing(sqlite3.connect(folder / "hotseat.db")) as database:
        found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        names = [name for (name,) in found if name not in {"replicas", "audit"}]
        columns = {
            name: [row[1] for row in database.execute(f"PRAGMA table_info({name})") if row[1] not in {"replica", "term"}]
            for name in names
        }
        rows = {
            name: sorted(
                database.execute(
                    f"SELECT {', '.join(f'quote({c}), typeof({c})' for c in columns[name])} FROM {name}"
                ).fetchall()
            )
            for name in names
        }
    audio = folder / "audio"
    return rows, {str(path.relative_to(audio)): path.read_bytes() for path in sorted(audio.rglob("*")) if path.is_file()}


async def exported(assembly: Assembly, scope: Scope = EVERYTHING, kind: Any = "zip", codec: Any = "flac") -> io.BytesIO:
    file = io.BytesIO()
    await export(assembly.storage, assembly.library, assembly.clock, scope, kind, codec, file)
    file.seek(0)
    return file


async def test_a_zip_gives_everything_back_byte_for_byte(tmp_path: Path) -> None:
    """Export, delete everything, import: every cell and every byte of audio is what it was."""
    interview_id = await sit(tmp_path)
    before = contents(tmp_path)
    assert before[0]["events"] and before[0]["assessments"] and before[0]["settings"] and len(before[1]) == 1
    async with storage(tmp_path) as assembly:
        file = await exported(assembly)
        removed = await remove(*removing(assembly), EVERYTHING)
        assert (removed.interviews, removed.files, removed.rows_left, removed.files_left) == (1, 1, 0, 0)
        assert removed.rows == sum(len(rows) for name, rows in before[0].items() if name != "alembic_version")
        assert contents(tmp_path) == ({name: [] for name in before[0]} | {"alembic_version": before[0]["alembic_version"]}, {})
        done = await import_file(*importing(assembly), file)
    assert (done.interviews, done.skipped, done.kept, done.recordings) == ((interview_id,), (), (), 1)
    assert contents(tmp_path) == before


async def test_opus_gives_the_sound_back_and_all_else_exactly(tmp_path: Path) -> None:
    """With Opus the rows come back as they were; the audio has its length to the sample and sounds the same."""
    await sit(tmp_path)
    async with storage(tmp_path) as assembly:
        tone = (8000 * np.sin(np.arange(32_000) * 0.2)).astype("<i2").tobytes()
        [stored] = assembly.storage.archive.stored()
        assembly.storage.archive.delete(stored.interview_id)
        recording = assembly.storage.archive.create(stored.interview_id, stored.turn_id, stored.first_frame)
        recording.append(tone)
        recording.close()
        before = contents(tmp_path)
        file = await exported(assembly, codec="opus")
        assert len(file.getvalue()) < len(tone) / 2
        await remove(*removing(assembly), EVERYTHING)
        await import_file(*importing(assembly), file)
    after = contents(tmp_path)
    assert after[0] == before[0] and after[1].keys() == before[1].keys()
    [heard] = (np.frombuffer(data, "<i2").astype(float) for data in after[1].values())
    said = np.frombuffer(tone, "<i2").astype(float)
    assert len(heard) == len(said)
    assert np.corrcoef(heard, said)[0, 1] > 0.99, "in step with the original"


async def test_one_interview_leaves_the_others_alone(tmp_path: Path) -> None:
    """Exporting and deleting one interview takes its rows and audio and nothing else."""
    first, second = await sit(tmp_path), await sit(tmp_path)
    async with storage(tmp_path) as assembly:
        file = await exported(assembly, Scope(interviews=(first,)), "json")
        tables = json.loads(file.getvalue())["tables"]
        assert [row["id"] for row in tables["interviews"]] == [first]
        assert {row["interview_id"] for row in tables["events"]} == {first}
        assert "assessments" not in tables and "settings" not in tables
        before = contents(tmp_path)
        await remove(*removing(assembly), Scope(interviews=(first,)))
        rows, audio = contents(tmp_path)
        assert rows["assessments"] == before[0]["assessments"] and len(rows["interviews"]) == 1
        assert {name.split("/")[0] for name in audio} == {second}
        done = await import_file(*importing(assembly), file)
        assert done.interviews == (first,) and done.recordings == 0
        assert contents(tmp_path)[0] == before[0]


async def test_deleted_words_are_in_no_file(tmp_path: Path) -> None:
    """After deletion the data directory doesn't hold what was said, not even in freed pages or the write-ahead log."""

    def traces() -> list[str]:
        return [path.name for path in tmp_path.rglob("*") if path.is_file() and SECRET.split()[0].encode() in path.read_bytes()]

    interview_id = await sit(tmp_path)
    async with storage(tmp_path) as assembly:
        assert traces()
        await remove(*removing(assembly), Scope(interviews=(interview_id,)))
        assert traces() == []


async def test_a_second_import_adds_nothing(tmp_path: Path) -> None:
    """A second import adds nothing; a self-assessment whose number is taken gets another; a choice made since is kept."""
    interview_id = await sit(tmp_path)
    async with storage(tmp_path) as assembly:
        file = await exported(assembly)
        before = contents(tmp_path)
        done = await import_file(*importing(assembly), file)
        assert (done.interviews, done.skipped, done.rows, done.kept) == ((), (interview_id,), 0, ())
        assert contents(tmp_path) == before

        await remove(*removing(assembly), EVERYTHING)
        await assembly.storage.store.add_assessment(LOCAL, Assessment(1_770_000_000.0, {"rag": 5}))
        await assembly.storage.store.keep(LOCAL, "plan", INFRA)
        file.seek(0)
        done = await import_file(*importing(assembly), file)
        assert done.kept == ("settings local plan",) and done.interviews == (interview_id,)
        assert [taken.scores["rag"] for taken in await assembly.storage.store.assessments(LOCAL)] == [3, 5]
        assert (await assembly.storage.store.settings(LOCAL))["plan"]["path"] == "infra"
        file.seek(0)
        again = await import_file(*importing(assembly), file)
        assert (again.rows, again.present) == (0, 1), "the renumbered one is recognised"


async def test_an_imported_interview_can_be_reviewed_and_an_open_one_resumed(tmp_path: Path) -> None:
    """What was imported replays to the state it had."""
    async with storage(tmp_path / "a"), sitting(fake_assembly(tmp_path / "a", speed=20.0)) as (_, candidate):
        candidate.say(type="start")
        await candidate.answer()
        await candidate.until("asking", 2)
        async with storage(tmp_path / "a") as assembly:
            file = await exported(assembly)
    async with storage(tmp_path / "b") as other:
        await import_file(*importing(other), file)
        interviews = other.interviews()
        review = await other.reviews(interviews.load).review(candidate.id)
        assert review is not None and not review["finished"]
        assert SECRET in review["rounds"][0]["answers"][0]["text"]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A finished interview's export, by kind."""
    folder = tmp_path_factory.mktemp("sample")

    async def make() -> dict[str, bytes]:
        await sit(folder)
        async with storage(folder) as assembly:
            return {kind: (await exported(assembly, kind=kind)).getvalue() for kind in ("json", "zip")}

    return asyncio.run(make())


def changed(data: bytes, change: Any) -> io.BytesIO:
    document = json.loads(data)
    change(document)
    return io.BytesIO(json.dumps(document).encode())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(version=2), "version: Input should be 1"),
        (lambda d: d.update(format="other"), "format"),
        (lambda d: d.update(extra=1), "extra"),
        (lambda d: d.update(revision="9999"), "schema 9999 is unknown"),
        (lambda d: d["tables"].update(accounts_of_others=[{"x": 1}]), "there is no table accounts_of_others"),
        (lambda d: d["tables"]["events"][0].update(admin=1), "tables.events.0: there is no column admin"),
        (lambda d: d["tables"]["events"][0].pop("type"), "tables.events.0.type: is missing"),
        (lambda d: d["tables"]["events"][0].update(seq="0"), "tables.events.0.seq: expected INTEGER"),
        (lambda d: d["tables"]["events"][0].update(seq=2**40), "out of range"),
        (lambda d: d["tables"]["events"][0].update(type="x" * 33), "longer than 32"),
        (lambda d: d["tables"]["events"][0].update(monotonic=float("nan")), "not an export"),
        (lambda d: d["tables"]["events"].pop(3), "has gaps in its log"),
        (lambda d: d["tables"]["events"][0].update(type="Exploded"), "of an unknown type: 'Exploded'"),
        (lambda d: d["tables"]["events"][-1].update(payload={"round": "x"}), "round"),
        (lambda d: d["tables"]["interviews"].clear(), "do not fit together"),
        (lambda d: d["tables"]["interviews"].append(d["tables"]["interviews"][0]), "do not fit together"),
        (lambda d: d["tables"]["interviews"][0].update(id="../../etc"), "do not fit together"),
        (lambda d: d["tables"]["interviews"][0].update(created=1e300), "has no date"),
        (lambda d: d["tables"]["interviews"][0].update(plan={"rounds": []}), "at least one round"),
        (lambda d: d["tables"]["assessments"][0].update(scores=3), "assessments: can't be shown"),
    ],
)
async def test_a_wrong_document_is_refused_whole(tmp_path: Path, sample: dict[str, bytes], change: Any, message: str) -> None:
    """The error names the place, and nothing of the file is added."""
    async with storage(tmp_path) as assembly:
        before = contents(tmp_path)
        with pytest.raises(InputError, match=message):
            await import_file(*importing(assembly), changed(sample["json"], change))
        assert contents(tmp_path) == before


def repacked(data: bytes, change: Any) -> io.BytesIO:
    """The ZIP with its document and entries changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        held = {name: old.read(name) for name in old.namelist()}
        document = json.loads(held.pop("export.json"))
        change(document, held)
        for name, entry in {"export.json": json.dumps(document).encode(), **held}.items():
            new.writestr(name, entry)
    target.seek(0)
    return target


def audio_name(held: dict[str, Any]) -> str:
    return next(name for name in held if name.startswith("audio/"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d, held: held.pop(audio_name(held)), "is missing"),
        (lambda d, held: held.update({audio_name(held): b"fLaC nonsense"}), "is damaged: its SHA-256"),
        (lambda d, held: d["recordings"][0].update(file="../../outside"), "is missing"),
        (lambda d, held: d["recordings"][0].update(interview_id="../x"), "recordings.0.interview_id"),
        (lambda d, held: d["recordings"][0].update(interview_id="other"), "not in it: other"),
        (lambda d, held: d["recordings"].append(d["recordings"][0]), "two recordings of one turn"),
        (lambda d, held: d["recordings"][0].update(samples=10), "does not hold 10 samples"),
        (lambda d, held: d["recordings"][0].update(samples=10**9), "recordings.0.samples"),
        (lambda d, held: d["recordings"][0].update(codec="opus"), "is not opus audio"),
        (lambda d, held: held.update({"export.json": b"{}"}), "hotseat: Field required"),
    ],
)
async def test_a_wrong_zip_is_refused_whole(tmp_path: Path, sample: dict[str, bytes], change: Any, message: str) -> None:
    """Missing, exchanged, misnamed and mis-measured audio is named, and nothing of the file is added."""
    async with storage(tmp_path / "data") as assembly:
        before = contents(tmp_path / "data")
        with pytest.raises(InputError, match=message):
            await import_file(*importing(assembly), repacked(sample["zip"], change))
        assert contents(tmp_path / "data") == before
    assert not (tmp_path / "outside").exists() and not (tmp_path.parent / "outside").exists()


async def test_a_zip_bomb_is_refused_unopened(tmp_path: Path) -> None:
    """What unpacks beyond its limit is refused by its stated size; what lies about its size is damaged."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("export.json", b"[" * (2 << 20))
    lying = bomb.getvalue().replace((2 << 20).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    async with storage(tmp_path) as assembly:
        with pytest.raises(InputError, match="larger than 1048576 bytes"):
            await import_file(*importing(assembly), io.BytesIO(bomb.getvalue()), max_bytes=1 << 20)
        with pytest.raises(InputError, match="damaged"):
            await import_file(*importing(assembly), io.BytesIO(lying), max_bytes=1 << 20)
        with pytest.raises(InputError, match="larger than 1 MB"):
            await import_file(*importing(assembly), io.BytesIO(b"[" * (2 << 20)), max_bytes=1 << 20)


@settings(max_examples=60)
@given(cut=st.integers(0, 4000), flips=st.lists(st.tuples(st.integers(0, 1_000_000), st.integers(1, 255)), max_size=4))
def test_damaged_files_are_never_more_than_an_input_error(
    sample: dict[str, bytes], cut: int, flips: list[tuple[int, int]]
) -> None:
    """Whatever is cut off or flipped in a ZIP, reading it either works or says what is wrong."""
    whole = sample["zip"]
    data = bytearray(whole[: len(whole) - cut])
    for place, mask in flips:
        if data:
            data[place % len(data)] ^= mask
    try:
        open_export(io.BytesIO(bytes(data)))
    except InputError as error:
        assert str(error)


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=10)
@given(
    texts=st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20), min_size=1, max_size=3
    ),
    times=st.lists(st.floats(0, 4e9), min_size=1, max_size=3),
    chosen=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8),
        _json.filter(lambda v: v is not None),
        max_size=3,
    ),
    audio=st.lists(st.binary(min_size=2, max_size=4000).filter(lambda b: len(b) % 2 == 0), max_size=3),
)
async def test_any_content_survives(
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[str],
    times: list[float],
    chosen: dict[str, Any],
    audio: list[bytes],
) -> None:
    """Export, delete, import is the identity on whatever text, numbers, choices and audio there are."""
    folder = tmp_path_factory.mktemp("any")
    async with storage(folder) as assembly:
        interviews = assembly.interviews()
        for text in texts:
            interview_id = await interviews.create(LOCAL, Choices("drill", LORA.question_ids, follow_ups=2))
            record, _ = await assembly.storage.store.load(interview_id) or pytest.fail("was just created")
            events: list[tuple[str, dict[str, Any]]] = [("StartPressed", {})]
            first, last = (min(at, 3600.0) for at in (times[0], times[-1]))
            for turn in range(1, 4):
                transcript = {
                    "words": [{"text": text, "start": first, "end": last, "probability": 0.1, "raw": None}],
                    "typed": False,
                }
                events += [
                    ("DonePressed", {"turn_id": turn}),  # enough of the question
                    ("DonePressed", {"turn_id": turn}),
                    ("Transcribed", {"turn_id": turn, "transcript": transcript, "duration_s": first, "note": text}),
                    ("FollowUpChosen", {"turn_id": turn + 1, "follow_up_id": "x", "text": f"{text}?", "source": "bank"}),
                ]
            log = tuple(LoggedEvent(seq, times[0], times[-1], kind, data) for seq, (kind, data) in enumerate(events))
            state = replay(decode_plan(record.plan), tuple((decode_event(e.type, e.payload), e.monotonic) for e in log))
            await assembly.storage.store.append(interview_id, log, summary(state))
        for turn, pcm in enumerate(audio):
            recording = assembly.storage.archive.create(interview_id, turn + 1, 7 * turn)
            recording.append(pcm)
            recording.close()
        for taken in times:
            await assembly.storage.store.add_assessment(LOCAL, Assessment(taken, {"rag": 2}))
        for name, value in chosen.items():
            await assembly.storage.store.keep(LOCAL, name, value)
        before = contents(folder)
        file = await exported(assembly)
        await remove(*removing(assembly), EVERYTHING)
        await import_file(*importing(assembly), file)
        assert contents(folder) == before


async def test_audio_that_does_not_fit_is_no_half_import(
    tmp_path: Path, sample: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the archive can't hold the audio, nothing of the import stays, and the same file works once it can."""
    async with storage(tmp_path) as assembly:
        before = contents(tmp_path)
        monkeypatch.setattr(type(assembly.storage.archive), "seconds", lambda *_turn: 0.0)
        with pytest.raises(StorageError, match="could not be stored"):
            await import_file(*importing(assembly), io.BytesIO(sample["zip"]))
        assert contents(tmp_path) == before
        monkeypatch.undo()
        assert len((await import_file(*importing(assembly), io.BytesIO(sample["zip"]))).interviews) == 1


# ---- Nothing is forgotten -------------------------------------------------------------------------------------------

EXPORTED = {"interviews", "events", "ratings", "notes", "corrections", "regrades", "assessments", "settings"}
"""A table that a migration adds belongs in here, in tables.DERIVED or in tables.LEFT_OUT: it has to be decided."""


async def test_every_table_is_exported_or_left_out_on_purpose(tmp_path: Path) -> None:
    """Each has a place; what is exported says by a column whose it is, and has values that JSON can hold."""
    async with storage(tmp_path) as assembly, assembly.storage.store.engine.connect() as connection:
        metadata = sa.MetaData()
        await connection.run_sync(metadata.reflect)
    assert EXPORTED | DERIVED | set(LEFT_OUT) == set(metadata.tables), "decide about the new table"
    assert not (EXPORTED & set(LEFT_OUT) or EXPORTED & DERIVED or DERIVED & set(LEFT_OUT))
    for name in EXPORTED | DERIVED:
        table = metadata.tables[name]
        assert {"owner", "interview_id"} & set(table.c.keys()), f"{name}: whose are its rows?"
        for column in table.c:
            assert isinstance(column.type, sa.String | sa.Integer | sa.Float | sa.Boolean | sa.JSON), f"{name}.{column.name}"
        # Rows keyed by a number may get another in an import, which nobody must have written down.
        for key in table.foreign_keys:
            assert key.column.table.name in {"interviews", *LEFT_OUT} or not isinstance(key.column.type, sa.Integer)


async def test_people_have_only_their_own(tmp_path: Path) -> None:
    """One person's everything leaves the other's alone, goes out without the account's id, and comes in as the importer's."""
    interview_id = await sit(tmp_path)
    async with storage(tmp_path) as assembly:
        await assembly.storage.store.keep("ann", "plan", INFRA)
        theirs = await assembly.interviews().create("ann", LORA)
        file = await exported(assembly, Scope(owner="ann"))
        assert b"ann" not in zipfile.ZipFile(file).read("export.json")
        removed = await remove(*removing(assembly), Scope(owner="ann"))
        assert (removed.interviews, removed.rows, removed.rows_left) == (1, 2, 0)
        assert await assembly.storage.tables.interviews(EVERYTHING) == (interview_id,)
        await import_file(*importing(assembly), file, "bob")
        assert await assembly.storage.store.owner_of(theirs) == "bob"
        assert await assembly.storage.store.settings("bob") == {"plan": INFRA}
        assert (await assembly.storage.store.settings(LOCAL))["plan"]["path"] == "deep"


async def test_the_schema_file_is_the_models(tmp_path: Path, sample: dict[str, bytes]) -> None:
    """docs/export.schema.json is what the models say, and docs/export.md names every table."""
    written = (PROJECT / "docs" / "export.schema.json").read_text()
    assert json.loads(written) == schema(), "make it anew with `hotseat export --schema -o docs/export.schema.json`"
    explained = (PROJECT / "docs" / "export.md").read_text()
    named = {*EXPORTED, *DERIVED, *LEFT_OUT}
    assert {name for name in named if f"`{name}`" not in explained} == set()
    assert set(json.loads(sample["json"])) == set(Document.model_fields)


# ---- Over HTTP and from the command line ----------------------------------------------------------------------------


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    async def nothing(_services: Assembly) -> None:
        """The fakes are there already."""

    monkeypatch.setattr("hotseat.http.app.load_models", nothing)
    asyncio.run(sit(tmp_path))
    with TestClient(create_app(fake_assembly(tmp_path)), base_url="http://127.0.0.1:8000") as client:
        yield client


def test_export_deletion_and_import_over_http(browser: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Export, deletion that proves itself, and import, as the page does it; no temporary file stays behind."""
    [entry] = browser.get("/api/interviews").json()["interviews"]
    before = contents(tmp_path)
    answer = browser.get(f"/api/interviews/{entry['id']}/export?format=zip&audio=flac")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == f'attachment; filename="hotseat-{entry["id"]}.zip"'
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.content) == int(answer.headers["content-length"])
    assert json.loads(browser.get("/api/export").content)["format"] == "hotseat-export"
    assert browser.get("/api/export?format=exe").status_code == 422

    removed = browser.delete(f"/api/interviews/{entry['id']}")
    assert removed.status_code == 200
    assert removed.json().items() >= {"interviews": 1, "files": 1, "rows_left": 0, "files_left": 0}.items()
    assert browser.delete(f"/api/interviews/{entry['id']}").status_code == 404
    assert browser.get(f"/api/interviews/{entry['id']}/export").status_code == 404

    imported = browser.post("/api/import", content=answer.content)
    assert imported.status_code == 201 and imported.json()["interviews"] == [entry["id"]]
    assert contents(tmp_path) == before
    refused = browser.post("/api/import", content=b"PK nonsense")
    assert refused.status_code == 422 and "not a ZIP file" in refused.json()["error"]
    monkeypatch.setattr("hotseat.transfer.disk_space.UNCHECKED_BYTES", 10)
    monkeypatch.setattr("hotseat.transfer.disk_space.free_bytes", lambda _data_dir: 0)
    assert browser.post("/api/import", content=answer.content).status_code == 413
    monkeypatch.undo()

    assert browser.delete("/api/everything").json()["rows_left"] == 0
    assert contents(tmp_path)[1] == {} and browser.get("/api/interviews").json()["interviews"] == []
    assert {path.name for path in tmp_path.iterdir()} <= {"audio", "hotseat.db", "hotseat.db-wal", "hotseat.db-shm"}


def test_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """export, delete and import do the same; what can't be done is one line and exit code 2."""
    data, file = tmp_path / "data", tmp_path / "all.zip"
    interview_id = asyncio.run(sit(data))
    before = contents(data)
    monkeypatch.setenv("HOTSEAT_DATA_DIR", str(data))
    library = Library(BANK, CATALOGUE, STUDY)  # reading it takes a second each time
    monkeypatch.setattr("hotseat.startup.assembly.load_library", lambda _folder: library)

    def run(*arguments: str, code: int = 0) -> str:
        monkeypatch.setattr("sys.argv", ["hotseat", *arguments])
        try:
            main()
        except SystemExit as end:
            assert end.code == code
        else:
            assert code == 0
        said = capsys.readouterr()
        return said.out + said.err

    file.with_name("all.zip.part").touch(mode=0o666)
    run("export", "--all", "-o", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    assert "left: 0 rows and 0 recordings" in run("delete", "--all", "--yes")
    assert contents(data)[1] == {}
    assert "added 1 interviews with 1 recordings" in run("import", str(file))
    assert contents(data) == before
    assert f"skipped {interview_id}: it is here already" in run("import", str(file))
    assert run("delete", "nothing", "--yes", code=2) == "hotseat: there is no interview nothing\n"
    assert "name the interviews" in run("export", "-o", str(file), code=2)
    assert "can't read" in run("import", str(tmp_path / "none"), code=2)

    saved = tmp_path / "backup.zip"
    assert "the database and 1 recordings" in run("backup", str(saved))
    assert saved.stat().st_mode & 0o777 == 0o600
    assert "say --force to replace it" in run("backup", str(saved), code=2)
    assert "say --force to replace all of them" in run("restore", str(saved), code=2)
    run("delete", "--all", "--yes")
    assert "restored the database and 1 recordings" in run("restore", "--force", str(saved))
    assert contents(data) == before


def test_what_a_file_is_quoted_with_cannot_steer_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else may have made it: control characters in its rows are written out."""
    monkeypatch.setenv("HOTSEAT_DATA_DIR", str(tmp_path / "data"))
    asyncio.run(sit(tmp_path / "data"))
    file = tmp_path / "theirs.json"
    CliRunner().invoke(cli, ["export", "--all", "--format", "json", "-o", str(file)], catch_exceptions=False)
    document = json.loads(file.read_bytes())
    for value in (1, 2):
        document["tables"]["settings"] = [{"owner": LOCAL, "name": "a\x1b[2J\u202e", "value": value}]
        file.write_text(json.dumps(document))
        told = CliRunner().invoke(cli, ["import", str(file)], catch_exceptions=False)
    assert f"kept settings {LOCAL} a\\u001b[2J\\u202e as it is here" in told.stdout


async def test_an_imported_interview_with_work_pending_is_taken_over(tmp_path: Path) -> None:
    """It counts as held by a process that is gone, so that this one finds it."""
    async with storage(tmp_path / "a"), sitting(fake_assembly(tmp_path / "a", speed=20.0)) as (_, candidate):
        candidate.say(type="start")
        await candidate.answer()
        async with storage(tmp_path / "a") as assembly:
            file = await exported(assembly)
    async with storage(tmp_path / "b") as other:
        await import_file(*importing(other), file)
        assert [held.interview_id for held in await other.storage.store.leased_by_others("this one")] == [candidate.id]


async def test_two_imports_at_once_leave_the_audio(
    tmp_path: Path, sample: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that comes second fails, and takes nothing away of what the first has brought."""
    async with storage(tmp_path) as assembly:
        add = assembly.storage.tables.add

        async def second(rows: Any) -> Any:
            await add(rows)
            raise StorageError("the same rows are there already")

        monkeypatch.setattr(assembly.storage.tables, "add", second)
        with pytest.raises(StorageError, match="the same rows"):
            await import_file(*importing(assembly), io.BytesIO(sample["zip"]))
    assert len(contents(tmp_path)[1]) == 1
