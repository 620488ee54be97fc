"""Interviews with their event logs, self-assessments, choices and cards, in SQLite or PostgreSQL through SQLAlchemy.

Several processes may share one database. Each interview is leased to at most one of them at a time. Acquiring the lease
increments its fencing token (the column ``term``), and writes with an older token are rejected
(docs/decisions/0008-leases-and-fencing-tokens.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DisconnectionError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from hotseat.domain.corrections import Correction
from hotseat.domain.practice import Assessment, PointCard, Rated
from hotseat.errors import SettingsError, StorageError, TakenOverError
from hotseat.session.eventlog import replayed
from hotseat.session.phases import State
from hotseat.session.records import Amendments, HeldLease, InterviewRecord, Lease, LoggedEvent, Note, Regrade
from hotseat.storage.queries import Queries, Value, select_fields
from hotseat.storage.schema import (
    ASSESSMENTS,
    CARDS,
    CORRECTIONS,
    EVENTS,
    INTERVIEWS,
    NOTES,
    RATINGS,
    REGRADES,
    REPLICAS,
    SETTINGS,
)
from hotseat.storage.sqlite_file import SqliteFile

_TIMEOUT_S = 2
"""An interview waits so long for a locked or unreachable database; then it goes on, and the event is stored later."""

_MIGRATING = 0x4073EA7
"""Number of the lock that a process holds in PostgreSQL while it migrates."""


_RECORD = select_fields(InterviewRecord, INTERVIEWS)


class SqlStore(Queries):
    """Every method raises StorageError when the database can't be reached or written."""

    def __init__(self, url: str) -> None:
        # Parameters may be what candidates said, so they are kept out of errors and the log.
        options: dict[str, Any] = {"pool_pre_ping": True, "hide_parameters": True}
        if url.startswith("postgresql"):
            options["connect_args"] = {"timeout": _TIMEOUT_S, "command_timeout": 30}
        try:
            super().__init__(create_async_engine(url, **options))
        except (ImportError, InvalidRequestError) as error:  # no such driver, or one that is not for asyncio
            raise SettingsError(
                f"HOTSEAT_DATABASE_URL: {error}; PostgreSQL is postgresql+asyncpg://… with the extra postgres (docs/scale.md)"
            ) from None
        except ArgumentError as error:
            raise SettingsError(f"HOTSEAT_DATABASE_URL: {error}") from None
        except ValueError:  # its text may be a part of the password
            raise SettingsError("HOTSEAT_DATABASE_URL: the port, after the host's last colon, is not a number") from None
        is_sqlite = self.engine.dialect.name == "sqlite"
        self._file = SqliteFile(url) if is_sqlite and self.engine.url.database not in (None, "", ":memory:") else None
        if is_sqlite:
            sa.event.listen(self.engine.sync_engine, "connect", _sqlite_pragmas)
            sa.event.listen(self.engine.sync_engine, "checkout", _same_file)

    async def migrate(self, revision: str = "head", *, keep_copy: bool = True) -> None:
        """Upgrades the schema to the latest or a given revision. Raises StorageError, also if it is newer than this version.

        A SQLite file whose schema changes is copied first (SqliteFile.keep_copy).
        """
        command, config, known = await asyncio.to_thread(_alembic)

        def upgrade(connection: sa.Connection) -> None:
            if (schema := _schema(connection)) is not None and schema not in known:
                raise self._later_schema(schema, known)
            config.attributes["connection"] = connection
            command.upgrade(config, revision)

        async with self.begin() as connection:
            schema = await connection.run_sync(_schema)
        if self._file is not None and keep_copy and schema is not None and schema in known[:-1]:
            await asyncio.to_thread(self._file.keep_copy, schema)
        async with self.begin() as connection:
            if connection.dialect.name == "postgresql":  # several processes may start at once
                await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATING)))
            await connection.run_sync(upgrade)

    def remove_copies(self) -> None:
        """Removes copies made before updates, which have content that is being deleted. Raises OSError."""
        if self._file is not None:
            self._file.remove_copies()

    def _later_schema(self, schema: str, known: Sequence[str]) -> StorageError:
        copy = None if self._file is None else self._file.copy_for(known)
        back = "restore a backup from before" if copy is None else f"go back with `hotseat restore --force {copy}`"
        return StorageError(
            f"the database was last used by a later version of Hotseat (its schema is {schema}, this version knows up to "
            f"{known[-1]}): use that version, or {back}"
        )

    async def revisions(self) -> tuple[str, ...]:
        """All schema revisions, oldest first; the last is the present one."""
        return (await asyncio.to_thread(_alembic))[2]

    async def create(self, record: InterviewRecord) -> None:
        await self._execute(INTERVIEWS.insert().values({**asdict(record), "term": 0}))

    async def acquire(self, interview_id: str, replica: str) -> Lease | None:
        """Leases the interview to this process, whoever had it before; None if there is no such interview."""
        this = INTERVIEWS.c.id == interview_id
        async with self.begin() as connection:
            # The update comes first: it waits for other writers, so that all they wrote is read.
            await connection.execute(INTERVIEWS.update().where(this).values(replica=replica, term=INTERVIEWS.c.term + 1))
            row = (await connection.execute(_RECORD.add_columns(INTERVIEWS.c.term).where(this))).one_or_none()
            if row is None:
                return None
            await self._beat(connection, replica)
            return Lease(InterviewRecord(*row[:-1]), await _log(connection, interview_id), row.term)

    async def append(self, interview_id: str, events: Sequence[LoggedEvent], summary: dict[str, Any], token: int = 0) -> None:
        """Adds events to the log and replaces the interview's summary, in one transaction.

        ``token`` is the lease's, 0 for an interview never leased. Raises TakenOverError if another process has acquired it
        since. Events that are stored already are left as they are, so that it can be called again when nobody knows whether
        the last call got through.
        """
        rows = [{"interview_id": interview_id, **asdict(event)} for event in events]
        try:
            # The candidate waits meanwhile.
            async with asyncio.timeout(2 * _TIMEOUT_S), self.begin() as connection:
                ours = sa.and_(INTERVIEWS.c.id == interview_id, INTERVIEWS.c.term == token)
                if (await connection.execute(INTERVIEWS.update().where(ours).values(summary=summary))).rowcount == 0:
                    raise TakenOverError("another process has taken this interview over")
                await connection.execute(self._insert(EVENTS).on_conflict_do_nothing(), rows)
        except TimeoutError as error:
            raise StorageError("the database did not answer in time") from error

    async def release(self, interview_id: str, token: int) -> None:
        """Gives up the lease, if this token is still the latest."""
        ours = sa.and_(INTERVIEWS.c.id == interview_id, INTERVIEWS.c.term == token)
        await self._execute(INTERVIEWS.update().where(ours).values(replica=None))

    async def heartbeat(self, replica: str) -> dict[str, int]:
        """Records that the process is alive; returns the ids and fencing tokens of the interviews it has leased."""
        async with self.begin() as connection:
            await self._beat(connection, replica)
            held = sa.select(INTERVIEWS.c.id, INTERVIEWS.c.term).where(INTERVIEWS.c.replica == replica)
            return {row.id: row.term for row in await connection.execute(held)}

    async def leased_by_others(self, replica: str) -> tuple[HeldLease, ...]:
        held = (
            sa.select(INTERVIEWS, REPLICAS.c.beat)
            .outerjoin(REPLICAS, REPLICAS.c.id == INTERVIEWS.c.replica)
            .where(INTERVIEWS.c.replica.is_not(None), INTERVIEWS.c.replica != replica)
        )
        rows = await self._all(held)
        return tuple(HeldLease(row.id, row.replica, row.term, row.beat, row.summary["phase"]) for row in rows)

    async def release_all(self, replica: str) -> None:
        """Says that the process has shut down cleanly, so that its interviews are free."""
        await self._execute(REPLICAS.delete().where(REPLICAS.c.id == replica))

    async def load(self, interview_id: str) -> tuple[InterviewRecord, tuple[LoggedEvent, ...]] | None:
        """The interview and its whole log in order; None if there is no such interview."""
        async with self.begin() as connection:
            row = (await connection.execute(_RECORD.where(INTERVIEWS.c.id == interview_id))).first()
            return None if row is None else (InterviewRecord(*row), await _log(connection, interview_id))

    async def load_state(self, interview_id: str) -> tuple[InterviewRecord, State] | None:
        """The interview and the state that its log leads to; None if there is none. Raises StorageError."""
        found = await self.load(interview_id)
        return None if found is None else (found[0], replayed(*found))

    async def with_audio_before(self, moment: float, quiet_since: float) -> tuple[str, ...]:
        """Ids of interviews created before ``moment`` that still have audio and have no event after ``quiet_since``."""
        gone_on = sa.exists().where(EVENTS.c.interview_id == INTERVIEWS.c.id, EVENTS.c.wall > INTERVIEWS.c.audio_deleted)
        old = sa.select(INTERVIEWS.c.id).where(
            INTERVIEWS.c.created < moment,
            INTERVIEWS.c.audio_deleted.is_(None) | gone_on,
            ~sa.exists().where(EVENTS.c.interview_id == INTERVIEWS.c.id, EVENTS.c.wall > quiet_since),
        )
        return tuple(row.id for row in await self._all(old))

    async def audio_deleted(self, interview_id: str, at: float) -> None:
        """Records that the interview's audio was deleted."""
        await self._execute(INTERVIEWS.update().where(INTERVIEWS.c.id == interview_id).values(audio_deleted=at))

    async def owner_of(self, interview_id: str) -> str | None:
        """Whose interview it is; None if there is no such interview."""
        row = await self._first(sa.select(INTERVIEWS.c.owner).where(INTERVIEWS.c.id == interview_id))
        return None if row is None else str(row.owner)

    async def list(
        self, owner: str | None, limit: int | None = None, offset: int = 0, *, answered: bool = False
    ) -> tuple[InterviewRecord, ...]:
        """This person's interviews, or everybody's (None), newest first; all without a limit; or only those ``answered``."""
        chosen = _RECORD.order_by(INTERVIEWS.c.created.desc(), INTERVIEWS.c.id).limit(limit).offset(offset)
        if answered:
            chosen = chosen.where(_has_answers())
        verdict, fallback = REGRADES.c.grade["verdict"].as_string(), REGRADES.c.grade["fallback"].as_boolean()
        regrades = sa.select(REGRADES.c.interview_id, REGRADES.c.round, verdict, fallback).order_by(REGRADES.c.seq)
        if owner is not None:
            chosen = chosen.where(INTERVIEWS.c.owner == owner)
            regrades = regrades.join(INTERVIEWS, INTERVIEWS.c.id == REGRADES.c.interview_id).where(INTERVIEWS.c.owner == owner)
        async with self.begin() as connection:
            latest: dict[str, dict[int, tuple[str, bool]]] = {}
            for interview_id, index, *regrade in await connection.execute(regrades):
                latest.setdefault(interview_id, {})[index] = (regrade[0], regrade[1])
            records = [InterviewRecord(*row) for row in await connection.execute(chosen)]
            return tuple(_regraded(record, latest.get(record.id, {})) for record in records)

    async def count(self, owner: str) -> int:
        """Number of interviews in which this person has answered something."""
        own = sa.select(sa.func.count()).select_from(INTERVIEWS).where(INTERVIEWS.c.owner == owner, _has_answers())
        return int((await self._first(own))[0])

    async def unstarted(self, owner: str) -> tuple[str, ...]:
        """Ids of this person's interviews in which nothing has happened and that nobody runs or has noted on, newest first."""
        touched = [sa.exists().where(table.c.interview_id == INTERVIEWS.c.id) for table in (EVENTS, NOTES)]
        idle = sa.select(INTERVIEWS.c.id).where(
            INTERVIEWS.c.owner == owner, INTERVIEWS.c.replica.is_(None), *(~one for one in touched)
        )
        return tuple(row.id for row in await self._all(idle.order_by(INTERVIEWS.c.created.desc(), INTERVIEWS.c.id)))

    async def amendments(self, interview_id: str) -> Amendments:
        """What was added to the interview, oldest first; empty where there is none."""
        async with self.begin() as connection:
            return Amendments(
                await _of_interview(connection, interview_id, Note, NOTES, order="round"),
                await _of_interview(connection, interview_id, Correction, CORRECTIONS),
                await _of_interview(connection, interview_id, Regrade, REGRADES),
            )

    async def keep_note(self, interview_id: str, note: Note) -> None:
        """Replaces the round's note."""
        await self._execute(
            NOTES.delete().where(NOTES.c.interview_id == interview_id, NOTES.c.round == note.round),
            NOTES.insert().values(interview_id=interview_id, **asdict(note)),
        )

    async def amend(self, interview_id: str, added: Correction | Regrade) -> None:
        """Adds it after the interview's others of its kind."""
        table = CORRECTIONS if isinstance(added, Correction) else REGRADES
        taken = sa.select(sa.func.count()).select_from(table).where(table.c.interview_id == interview_id)
        async with self.begin() as connection:
            seq = await connection.scalar(taken)
            await connection.execute(table.insert().values(interview_id=interview_id, seq=seq, **asdict(added)))

    async def add_assessment(self, owner: str, assessment: Assessment) -> None:
        await self._execute(ASSESSMENTS.insert().values(owner=owner, **asdict(assessment)))

    async def assessments(self, owner: str) -> tuple[Assessment, ...]:
        """Oldest first."""
        chosen = select_fields(Assessment, ASSESSMENTS).where(ASSESSMENTS.c.owner == owner)
        return await self._values(Assessment, chosen.order_by(ASSESSMENTS.c.taken, ASSESSMENTS.c.id))

    async def settings(self, owner: str) -> dict[str, Any]:
        """What this person has chosen, by name."""
        return {row.name: row.value for row in await self._all(sa.select(SETTINGS).where(SETTINGS.c.owner == owner))}

    async def keep(self, owner: str, name: str, value: Any) -> None:
        """Keeps a JSON value; None forgets it."""
        added = [] if value is None else [SETTINGS.insert().values(owner=owner, name=name, value=value)]
        await self._execute(SETTINGS.delete().where(SETTINGS.c.owner == owner, SETTINGS.c.name == name), *added)

    async def rated_rounds(self) -> set[tuple[str, int]]:
        """(interview, round) of everybody's ratings."""
        rows = await self._all(sa.select(RATINGS.c.interview_id, RATINGS.c.round))
        return {(row.interview_id, row.round) for row in rows}

    async def ratings(self, owner: str, question_id: str) -> tuple[Rated, ...]:
        """Oldest first."""
        chosen = select_fields(Rated, RATINGS).where(RATINGS.c.owner == owner, RATINGS.c.question_id == question_id)
        return await self._values(Rated, chosen.order_by(RATINGS.c.at))

    async def rate(self, owner: str, rated: Rated, cards: Sequence[PointCard]) -> None:
        """Replaces the ratings of a round and the cards of its question, in one transaction."""
        await self._execute(
            RATINGS.delete().where(RATINGS.c.interview_id == rated.interview_id, RATINGS.c.round == rated.round),
            RATINGS.insert().values(owner=owner, **asdict(rated)),
            *_replaced_cards(owner, rated.question_id, cards),
        )

    async def set_cards(self, owner: str, question_id: str, cards: Sequence[PointCard]) -> None:
        """Replaces the cards of a question."""
        await self._execute(*_replaced_cards(owner, question_id, cards))

    async def cards(self, owner: str) -> tuple[PointCard, ...]:
        """The one due first comes first."""
        chosen = select_fields(PointCard, CARDS).where(CARDS.c.owner == owner)
        return await self._values(PointCard, chosen.order_by(CARDS.c.due, CARDS.c.question_id, CARDS.c.point_id))

    async def close(self) -> None:
        await self.engine.dispose()

    async def _beat(self, connection: AsyncConnection, replica: str) -> None:
        row = self._insert(REPLICAS).values(id=replica, beat=1)
        await connection.execute(row.on_conflict_do_update(index_elements=["id"], set_={"beat": REPLICAS.c.beat + 1}))


def _replaced_cards(owner: str, question_id: str, cards: Sequence[PointCard]) -> tuple[sa.Executable, ...]:
    old = CARDS.delete().where(CARDS.c.owner == owner, CARDS.c.question_id == question_id)
    return (old, CARDS.insert().values([{"owner": owner, **asdict(card)} for card in cards])) if cards else (old,)


def _alembic() -> tuple[Any, Any, tuple[str, ...]]:
    """Its commands, the configuration for them, and the revisions of the migrations, oldest first."""
    # Alembic takes longer to import than everything else here; only migrating needs it.
    from alembic import command, config, script

    settings = config.Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    revisions = [migration.revision for migration in script.ScriptDirectory.from_config(settings).walk_revisions()]
    return command, settings, tuple(reversed(revisions))


def _schema(connection: sa.Connection) -> str | None:
    """The revision of the database; None for an empty one."""
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


async def _log(connection: AsyncConnection, interview_id: str) -> tuple[LoggedEvent, ...]:
    return await _of_interview(connection, interview_id, LoggedEvent, EVENTS)


async def _of_interview(
    connection: AsyncConnection, interview_id: str, kind: type[Value], table: sa.TableClause, order: str = "seq"
) -> tuple[Value, ...]:
    """The interview's rows of one table."""
    chosen = select_fields(kind, table).where(table.c.interview_id == interview_id).order_by(table.c[order])
    return tuple(kind(*row) for row in await connection.execute(chosen))


def _has_answers() -> sa.ColumnElement[bool]:
    """Interviews in which something was answered, or is being answered."""
    answered, phase = INTERVIEWS.c.summary["answered"].as_integer(), INTERVIEWS.c.summary["phase"].as_string()
    return sa.or_(answered > 0, phase.in_(("answering", "finalising")))


def _regraded(record: InterviewRecord, latest: dict[int, tuple[str, bool]]) -> InterviewRecord:
    """The record with the verdicts of its latest regrades, (verdict, stand-in grader's) by round."""
    verdicts = list(record.summary["verdicts"])
    asides = list(record.summary.get("asides", [None] * len(verdicts)))
    for index, (verdict, fallback) in latest.items():
        if index < len(verdicts):
            verdicts[index], asides[index] = verdict, "fallback" if fallback else None
    return replace(record, summary={**record.summary, "verdicts": verdicts, "asides": asides}) if latest else record


def _sqlite_pragmas(connection: Any, record: Any) -> None:
    # WAL lets pages read while an interview writes; FULL survives a pulled plug, for a few milliseconds an event;
    # secure_delete writes zeros over what is deleted. Each of the pool's connections keeps pages of its own, by default up to
    # 2 MB as the database grows; half a megabyte will do, for the file is in the system's cache.
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={_TIMEOUT_S * 1000}",
        "secure_delete=ON",
        "cache_size=-512",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute("PRAGMA database_list")
    path = Path(cursor.fetchone()[2])
    record.info["path"], record.info["file"] = path, _file(path)
    cursor.close()


def _same_file(_connection: object, record: Any, _proxy: object) -> None:
    # SQLite would go on writing to a file that was removed or replaced, where nobody will ever read it.
    if record.info["file"] != _file(record.info["path"]):
        raise DisconnectionError("the database file is another one now")


def _file(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
