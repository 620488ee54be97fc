"""Databases of every earlier schema are migrated without loss. New migrations are tested automatically."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hotseat.domain.model import PointStatus
from hotseat.errors import StorageError
from hotseat.session.records import LOCAL
from hotseat.storage import schema
from hotseat.storage.rows import Rows, Scope
from hotseat.storage.sqlite_file import check
from hotseat.storage.store import SqlStore
from hotseat.storage.tables import SqlTables
from hotseat.transfer.importing import import_file

from tests.support.command_line import hotseat_here
from tests.support.fakes import fake_assembly, importing
from tests.transfer.test_transfer import storage

OLD = Path(__file__).parent / "data" / "export-0002.json"
"""A drill as it was sat, graded and stored when the schema was 0002: one spoken answer, one typed."""


async def every_revision() -> tuple[str, ...]:
    store = SqlStore("sqlite+aiosqlite://")
    return await store.revisions()


REVISIONS = asyncio.run(every_revision())


def sample(column: sa.Column[Any], number: int) -> Any:
    """A value for a column; of rows with different numbers it differs."""
    if isinstance(column.type, sa.JSON):
        return {"number": number, "text": "naïve “quote” \\ ☃", "list": [0.1, None, True]}
    if isinstance(column.type, sa.Boolean):
        return bool(number % 2)
    if isinstance(column.type, sa.Integer):
        return number
    if isinstance(column.type, sa.Float):
        return 1_760_000_000.125 + number
    return f"{column.name[:12]} ü{number}"[: column.type.length or 100]


def sample_row(table: sa.Table, number: int) -> dict[str, Any]:
    row = {column.name: sample(column, number) for column in table.c}
    for key in table.foreign_keys:
        row[key.parent.name] = sample(key.column, number)
    return row


async def tables_of(store: SqlStore) -> dict[str, sa.Table]:
    metadata = sa.MetaData()
    async with store.engine.connect() as connection:
        await connection.run_sync(metadata.reflect)
    return {table.name: table for table in metadata.sorted_tables if table.name != "alembic_version"}


async def rows_of(store: SqlStore) -> dict[str, list[dict[str, Any]]]:
    async with store.engine.connect() as connection:
        return {
            name: [dict(row._mapping) for row in await connection.execute(sa.select(table).order_by(*table.primary_key))]
            for name, table in (await tables_of(store)).items()
        }


@pytest.mark.parametrize("revision", REVISIONS)
async def test_every_row_of_an_earlier_schema_is_kept(database_url: str, revision: str) -> None:
    """Rows in every table there was, with every column filled, are there afterwards, and so are their values."""
    store = SqlStore(database_url)
    await store.migrate(revision)
    async with store.engine.begin() as connection:
        for table in (await tables_of(store)).values():
            await connection.execute(table.insert(), [sample_row(table, number) for number in (1, 2, 3)])
    before = await rows_of(store)
    await store.migrate()
    after = await rows_of(store)
    await store.close()
    for name, rows in before.items():
        assert len(rows) == 3
        shared = [column for column in rows[0] if column in after[name][0] and column not in MOMENTARY]
        assert len(shared) > len(rows[0]) / 2, f"{name}: what became of its columns?"
        assert [[row[column] for column in shared] for row in after[name]] == [[row[c] for c in shared] for row in rows]


MOMENTARY = {"replica"}
"""Which process works on a row: set anew by a migration on purpose."""


@pytest.mark.parametrize("revision", [revision for revision in REVISIONS if revision >= "0002"])
async def test_an_old_interview_is_still_one(tmp_path: Path, revision: str) -> None:
    """An interview stored at 0002, and carried to whichever schema came then, opens today with its words, grade and plan."""
    document = json.loads(OLD.read_text())
    store = SqlStore(f"sqlite+aiosqlite:///{tmp_path / 'hotseat.db'}")
    await store.migrate("0002")
    await SqlTables(store.engine).add(Rows("0002", document["tables"]))
    await store.migrate(revision)
    await store.close()
    assembly = fake_assembly(tmp_path)
    await assembly.storage.store.migrate()
    await check_old_interview(assembly)
    await assembly.storage.store.close()


async def test_an_old_export_can_be_imported(tmp_path: Path) -> None:
    """An export of an earlier schema goes through the same migrations as a database."""
    async with storage(tmp_path) as assembly:
        with OLD.open("rb") as file:
            done = await import_file(*importing(assembly), file)
        assert done.interviews == ("a03FQk9myQpa",) and not done.kept
        await check_old_interview(assembly)
        assert len((await assembly.storage.tables.read(Scope())).tables["ratings"]) == 1, "it is rated like any other"
        assert await assembly.storage.store.cards(LOCAL)


async def check_old_interview(assembly: Any) -> None:
    interviews = assembly.interviews()
    listed = await assembly.reviews(interviews.load).page(LOCAL, 10, 0)
    assert [entry["verdicts"] for entry in listed["interviews"]] == [["Lean No Hire"]]
    review = await assembly.reviews(interviews.load).review("a03FQk9myQpa")
    assert review is not None and review["finished"]
    [entry] = review["rounds"]
    assert entry["answers"][0]["text"].startswith("LoRA freezes the base model") and entry["answers"][1]["typed"]
    findings = [finding for criterion in entry["grade"]["criteria"] for finding in criterion["findings"]]
    quotes = [finding["evidence"]["quote"] for finding in findings if finding["status"] == PointStatus.MET.value]
    assert quotes and all(any(quote in answer["text"] for answer in entry["answers"]) for quote in quotes)
    preparation = assembly.preparation(LOCAL)
    assert (await preparation.plan())["choice"]["path"] == "deep"
    assert (await preparation.assessments())["assessments"][0]["scores"]["rag"] == 3


async def test_a_later_schema_is_refused_in_words(database_url: str) -> None:
    """Going back to an earlier version of Hotseat changes nothing in a database that a later one has migrated, and says so."""
    store = SqlStore(database_url)
    await store.migrate()
    async with store.engine.begin() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    before = await rows_of(store)
    with pytest.raises(StorageError, match=f"later version of Hotseat .* 9999.* {REVISIONS[-1]}.* backup from before"):
        await store.migrate()
    assert await rows_of(store) == before
    await store.close()


def test_a_command_names_a_later_schema(tmp_path: Path) -> None:
    """One line, and exit code 1."""
    with closing(sqlite3.connect(tmp_path / "hotseat.db")) as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        database.execute("INSERT INTO alembic_version VALUES ('9999')")
        database.commit()
    done = hotseat_here("backup", str(tmp_path / "out.zip"), HOTSEAT_DATA_DIR=str(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1) and "later version of Hotseat" in done.stderr


async def test_the_code_and_the_schema_are_one(tmp_path: Path) -> None:
    """The tables and columns the store writes are those the migrations make."""
    store = SqlStore(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
    await store.migrate()
    made = {name: set(table.c.keys()) for name, table in (await tables_of(store)).items()}
    await store.close()
    written = {table.name: set(table.c.keys()) for table in vars(schema).values() if isinstance(table, sa.TableClause)}
    assert written.keys() == made.keys()
    assert written.items() <= made.items()


async def test_a_copy_is_made_before_the_schema_changes(tmp_path: Path) -> None:
    """Whole, its owner's alone, of the three latest updates; none where nothing changes. A deletion takes them along."""
    store = SqlStore(f"sqlite+aiosqlite:///{tmp_path / 'hotseat.db'}")
    for revision in REVISIONS:
        await store.migrate(revision)
    await store.migrate()
    folder = tmp_path / "before-update"
    copies = sorted(folder.iterdir())
    assert [copy.name[:11] for copy in copies] == [f"schema-{revision}" for revision in REVISIONS[-4:-1]]
    for copy in copies:
        check(copy)
        assert copy.stat().st_mode & 0o777 == 0o600
    store.remove_copies()
    assert not folder.exists()
    await store.close()


async def test_an_update_without_its_copy_is_not_made(tmp_path: Path) -> None:
    """Where there is no room for one, say: the database stays as it was."""
    store = SqlStore(f"sqlite+aiosqlite:///{tmp_path / 'hotseat.db'}")
    await store.migrate(REVISIONS[0])
    (tmp_path / "before-update").write_text("in the way")
    with pytest.raises(StorageError, match="no copy of the database could be made before its update"):
        await store.migrate()
    with closing(sqlite3.connect(tmp_path / "hotseat.db")) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == (REVISIONS[0],)
    await store.close()


async def test_an_update_can_be_undone(tmp_path: Path) -> None:
    """The earlier version names the copy, and the command puts it back: what was there before the update is there again."""
    store = SqlStore(f"sqlite+aiosqlite:///{tmp_path / 'hotseat.db'}")
    await store.migrate(REVISIONS[-2])
    async with store.engine.begin() as connection:
        await connection.execute(sa.text("INSERT INTO settings (owner, name, value) VALUES ('local', 'plan', '1')"))
    await store.migrate()
    async with store.engine.begin() as connection:
        await connection.execute(sa.text("DELETE FROM settings"))
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match=r"go back with `hotseat restore --force \S+schema-") as refused:
        await store.migrate()
    await store.close()
    path = str(refused.value).split("--force ")[1].strip("`")
    done = await asyncio.to_thread(hotseat_here, "restore", "--force", path, HOTSEAT_DATA_DIR=str(tmp_path))
    assert done.returncode == 0 and "restored the database" in done.stdout, done.stderr
    with closing(sqlite3.connect(tmp_path / "hotseat.db")) as database:
        assert database.execute("SELECT name, value FROM settings").fetchall() == [("plan", 1)]
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == (REVISIONS[-1],)
