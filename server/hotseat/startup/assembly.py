"""Creates the parts of a process and connects them; only this module knows them all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hotseat.accounts.accounts import Accounts
from hotseat.accounts.openid import OpenIdProvider
from hotseat.clock import Clock, SystemClock
from hotseat.data_dir import prepare_data_dir
from hotseat.engines.llama import LlamaServer
from hotseat.grading.graders import Graders
from hotseat.interview.bank_interviewer import Interviewer
from hotseat.interview.context import InterviewContext
from hotseat.interview.cv_claims import ClaimQuestions
from hotseat.interview.interviews import Interviews
from hotseat.load_shedding import LiveTurns
from hotseat.practice.agenda import Agenda
from hotseat.practice.due import Practice
from hotseat.practice.preparation import Preparation
from hotseat.practice.trends import progress
from hotseat.prompts import Prompts
from hotseat.questions.library import Library, load_library
from hotseat.review.amending import Amending
from hotseat.review.coaching import Coaching
from hotseat.review.reviews import Reviews
from hotseat.review.rounds import Rounds
from hotseat.server_status import ServerStatus
from hotseat.session.eventlog import LoadInterview
from hotseat.settings import Settings
from hotseat.speech.models import SpeechModels
from hotseat.storage.accounts import SqlAccounts
from hotseat.storage.archive import LocalArchive, ObjectArchive
from hotseat.storage.storage import Storage
from hotseat.storage.store import SqlStore
from hotseat.storage.tables import SqlTables
from hotseat.supervision import Supervisor
from hotseat.telemetry.metrics import Metrics, part_states
from hotseat.telemetry.tracing import Spans


@dataclass(slots=True)
class Assembly:
    """The parts of one process. Only the code that starts a process has all of them; each part gets what it uses."""

    settings: Settings
    library: Library
    prompts: Prompts
    storage: Storage
    clock: Clock
    accounts: Accounts
    interviewer: Interviewer
    claims: ClaimQuestions | None = None
    """Asks about a CV; None without an endpoint."""
    metrics: Metrics = field(default_factory=Metrics)
    status: ServerStatus = field(default_factory=ServerStatus)
    turns: LiveTurns = field(default_factory=LiveTurns)
    speech: SpeechModels = field(default_factory=SpeechModels)
    graders: Graders = field(default_factory=Graders)
    provider: OpenIdProvider | None = None
    """Where people may sign in instead of with a password."""
    llama: LlamaServer | None = None
    """The embedded language model's process, which lives as long as this."""
    supervisors: list[Supervisor[Any]] = field(default_factory=list)
    """Engines that the server monitors and replaces."""

    def __post_init__(self) -> None:
        self.metrics.register(lambda: part_states(self.status.parts.values()))

    def practice(self) -> Practice:
        return Practice(self.storage.store, self.clock, self.library.bank)

    def interviews(self) -> Interviews:
        return Interviews(
            InterviewContext(
                library=self.library,
                storage=self.storage,
                clock=self.clock,
                practice=self.practice(),
                speech=self.speech,
                interviewer=self.interviewer,
                graders=self.graders,
                turns=self.turns,
                metrics=self.metrics,
            ),
            self.settings.interview,
            self.status,
        )

    def preparation(self, owner: str) -> Preparation:
        return Preparation(self.storage.store, self.clock, self.library, owner)

    def agenda(self, owner: str) -> Agenda:
        return Agenda(self.preparation(owner), self.practice(), self.settings.interview)

    async def progress(self, owner: str) -> dict[str, Any]:
        return await progress(self.storage.store, self.clock, self.library, owner)

    def reviews(self, load: LoadInterview) -> Reviews:
        return Reviews(self._rounds(load), self.storage.archive)

    def coaching(self, load: LoadInterview) -> Coaching:
        return Coaching(self._rounds(load), self.graders, self.speech)

    def amending(self, load: LoadInterview) -> Amending:
        return Amending(self._rounds(load), self.clock, self.practice(), self.graders, self.status)

    def _rounds(self, load: LoadInterview) -> Rounds:
        return Rounds(self.storage.store, self.library.bank, load)


def assemble(settings: Settings) -> Assembly:
    """Everything that needs no model. Raises ContentError, PlaceError, SettingsError, StorageError."""
    library = load_library(settings.rubrics_dir)
    prompts = Prompts(settings.prompts_dir)
    storage, accounts = open_storage(settings)
    return Assembly(
        settings=settings,
        library=library,
        prompts=prompts,
        storage=storage,
        clock=SystemClock(),
        accounts=accounts,
        interviewer=Interviewer(),
        metrics=Metrics(Spans(settings.otlp_url) if settings.otlp_url else None),
        provider=OpenIdProvider(settings.openid, SystemClock()) if settings.openid.issuer else None,
    )


def open_storage(settings: Settings) -> tuple[Storage, Accounts]:
    """The database, the audio archive, and the accounts in the database. Raises PlaceError, SettingsError, StorageError."""
    prepare_data_dir(settings.data_dir)
    store = SqlStore(settings.database)
    storage = Storage(
        store=store,
        tables=SqlTables(store.engine),
        archive=ObjectArchive(settings.archive_url) if settings.archive_url else LocalArchive(settings.data_dir / "audio"),
        data_dir=settings.data_dir,
        database_url=settings.database,
        is_archive_remote=bool(settings.archive_url),
    )
    return storage, Accounts(SqlAccounts(store.engine), SystemClock(), settings.wants_accounts)
