"""One frozen Settings, from HOTSEAT_* variables; nested ones with two underscores: ``HOTSEAT_ASR__DEVICE=cuda``."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import parse_qs, urlsplit

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableError

from hotseat.errors import SettingsError
from hotseat.loopback import is_loopback, is_loopback_url, plain_address
from hotseat.strict_model import StrictModel

PROJECT = Path(__file__).resolve().parents[2]
"""The checkout that this package runs from, if it does: see ``FILES``."""
_PACKAGED = Path(__file__).resolve().parent / "files"
FILES = _PACKAGED if _PACKAGED.is_dir() else PROJECT
"""Where rubrics/, prompts/ and web/ are: inside an installed package (hatch_build.py puts them there), or in the checkout."""
EMBEDDED = "embedded"
OFF = "off"
_PREFIX = "HOTSEAT_"
_NOT_OURS = re.compile(rf"{_PREFIX}(LITE$|TEST_|SERVICE_|PORT_)")
"""Read by ./hotseat and the tests, and what Kubernetes sets for a service of this name."""


class AsrSettings(StrictModel):
    """Speech to text."""

    model: str = EMBEDDED
    """"embedded", any faster-whisper model name, or a directory with a CTranslate2 model; with ``url`` the
    remote model's name."""
    url: str = ""
    """Base URL of an OpenAI-compatible server with /audio/transcriptions, to hear in place of this machine."""
    api_key: SecretStr = SecretStr("none")
    timeout_s: Annotated[float, Field(gt=0)] = 20.0
    """Timeout of one request to ``url``."""
    device: str = "cpu"
    compute_type: str = "int8"
    workers: Annotated[int, Field(ge=1, le=64)] = 2
    threads: Annotated[int, Field(ge=1, le=64)] = 1
    """Threads of each worker."""
    language: str = "en"


class TtsSettings(StrictModel):
    """Text to speech."""

    voice: str = EMBEDDED
    """"embedded", the path of a Piper voice (.onnx), or "off" for an interviewer that only writes; with ``url`` the remote
    voice's name."""
    url: str = ""
    """Base URL of an OpenAI-compatible server with /audio/speech, to speak in place of this machine."""
    model: str = "tts-1"
    """The remote model's name."""
    api_key: SecretStr = SecretStr("none")
    timeout_s: Annotated[float, Field(gt=0)] = 20.0


class LlmSettings(StrictModel):
    """The interviewer's and grader's language model."""

    url: str = EMBEDDED
    """"embedded", the base URL of an OpenAI-compatible server, or "off" for bank follow-ups and the embedded grader."""
    model: str = "default"
    api_key: SecretStr = SecretStr("none")
    reply_s: Annotated[float, Field(gt=0)] = 2.5
    """How long an endpoint may take for each sentence of its question; then the bank's move is asked."""
    timeout_s: Annotated[float, Field(gt=0)] = 60.0
    threads: Annotated[int, Field(ge=0, le=64)] = 0
    """Threads of the embedded server; 0 leaves one core to speech recognition, which has to keep up with the candidate."""
    context: Annotated[int, Field(ge=2048)] = 4096
    """Tokens of context of the embedded server, for each of two requests at a time."""

    @property
    def is_remote(self) -> bool:
        return "://" in self.url


class OpenIdSettings(StrictModel):
    """Sign-in with an OpenID Connect provider, beside passwords."""

    issuer: str = ""
    """The provider's address, exactly as its configuration gives it; empty for none."""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    """Empty for a public client, which has PKCE alone."""
    allow: str = ""
    """Who may make an account without an invitation: verified addresses (ada@example.org) and domains (@example.org),
    separated by commas, or * for everybody whom the provider knows."""
    name: str = "single sign-on"
    """What people call the provider."""
    scope: str = "openid profile email"


class InterviewSettings(StrictModel):
    follow_ups: Annotated[int, Field(ge=0, le=3)] = 1
    think_s: Annotated[float, Field(ge=0, le=120)] = 5.0
    silence_s: Annotated[float, Field(ge=1, le=120)] = 6.0
    no_speech_s: Annotated[float, Field(ge=3, le=300)] = 20.0
    max_active: Annotated[int, Field(ge=1)] = 8
    """Interviews with a connected browser at once; further ones are told to wait."""
    max_per_person: Annotated[int, Field(ge=1)] = 2
    """How many of these one account may have."""


class Settings(BaseSettings):
    # An empty variable is one that somebody forgot to fill in: it is as if it were not there.
    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_nested_delimiter="__", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    token: SecretStr | None = None
    """A secret that opens everything: as a link for browsers or, where there are accounts, as a header for programs only."""
    accounts: bool = False
    """Everybody signs in with a name, even before the first account exists: a link to make it is printed at the start."""
    user_header: str = ""
    """Header in which a trusted proxy says who has signed in with it, such as Remote-User; they get an account of that name."""
    trusted_proxies: str = "127.0.0.1,::1"
    """Addresses or networks of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    backup_dir: Path | None = None
    """Where backups are written by themselves (SQLite); better on another disk. None are when not set."""
    backup_hours: Annotated[float, Field(gt=0)] = 24.0
    """Hours between two backups."""
    backup_keep: Annotated[int, Field(ge=1)] = 7
    """How many are kept, the newest."""
    retention_days: Annotated[int, Field(ge=1)] | None = None
    """Days after which an interview's audio is deleted; its transcript and grades stay."""
    data_dir: Path = Field(default_factory=lambda: user_data_path("hotseat"))
    models_dir: Path | None = None
    """Where packaged models are joined; models/ in data_dir when not set."""
    database_url: str = ""
    """SQLAlchemy async URL; empty for SQLite in data_dir."""
    archive_url: str = ""
    """fsspec URL of an object store for audio, such as s3://bucket/folder; empty for files in data_dir."""
    rubrics_dir: Path = FILES / "rubrics"
    prompts_dir: Path = FILES / "prompts"
    web_dir: Path = FILES / "web"
    grader: Literal["auto", "embedded", "llm"] = "auto"
    """"auto" lets a remote language model grade once it has done better than the embedded grader in an exam
    (docs/decisions/0031-exam-for-llm-graders.md); "llm" lets any grade without one."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_style: Literal["text", "json"] = "text"
    otlp_url: str = ""
    """Base URL of an OpenTelemetry collector that takes OTLP over HTTP; empty for none."""

    asr: AsrSettings = AsrSettings()
    tts: TtsSettings = TtsSettings()
    llm: LlmSettings = LlmSettings()
    interview: InterviewSettings = InterviewSettings()
    openid: OpenIdSettings = OpenIdSettings()

    @field_validator("token")
    @classmethod
    def _empty_is_none(cls, token: SecretStr | None) -> SecretStr | None:
        """A blank one is one that somebody forgot to fill in, not a secret that everybody knows."""
        return token if token is not None and token.get_secret_value().strip() else None

    @field_validator("host")
    @classmethod
    def _bare(cls, host: str) -> str:
        """Without the brackets in which an IPv6 address is written in front of a port."""
        return host.strip("[]")

    @field_validator("trusted_proxies")
    @classmethod
    def _all_networks(cls, proxies: str) -> str:
        networks = _proxies(proxies)
        return "*" if networks is None else ",".join(map(str, networks))

    @model_validator(mode="after")
    def _proxy_is_named(self) -> Settings:
        """Whoever is believed to be the proxy can be anybody."""
        if self.user_header and ("trusted_proxies" not in self.model_fields_set or self.trusted_proxies == "*"):
            raise ValueError("HOTSEAT_USER_HEADER needs HOTSEAT_TRUSTED_PROXIES to name the proxy that sets it, not *")
        return self

    @model_validator(mode="after")
    def _grader_has_a_model(self) -> Settings:
        if self.grader == "llm" and self.llm.url == OFF:
            raise ValueError('HOTSEAT_GRADER is "llm", but HOTSEAT_LLM__URL is "off": name an endpoint, or "embedded"')
        return self

    @model_validator(mode="after")
    def _provider_is_whole(self) -> Settings:
        given = self.openid
        if not given.issuer:
            if given != OpenIdSettings():
                raise ValueError("HOTSEAT_OPENID__ISSUER is missing: the address of the provider that the others belong to")
            return self
        if not given.issuer.startswith("https://") and not is_loopback_url(given.issuer):
            raise ValueError("HOTSEAT_OPENID__ISSUER has to begin with https://")
        if not given.client_id:
            raise ValueError("HOTSEAT_OPENID__CLIENT_ID is missing: the name under which the provider knows this server")
        if "openid" not in given.scope.split():
            raise ValueError("HOTSEAT_OPENID__SCOPE has to contain openid")
        wrong = [one.strip() for one in given.allow.split(",") if one.strip() not in ("", "*") and "@" not in one]
        if wrong:
            raise ValueError(f"HOTSEAT_OPENID__ALLOW: {wrong[0]!r} is neither an address, a domain such as @example.org, nor *")
        return self

    @property
    def packaged_llm_grades(self) -> bool:
        """Whether the packaged language model is used: it only grades (docs/decisions/0034-moves.md)."""
        return self.llm.url == EMBEDDED and self.grader == "llm"

    @property
    def wants_accounts(self) -> bool:
        return self.accounts or bool(self.user_header) or bool(self.openid.issuer)

    def is_proxy(self, address: str) -> bool:
        """Whether the address is a trusted proxy's."""
        networks = _proxies(self.trusted_proxies)
        if networks is None:
            return True
        try:
            parsed = ipaddress.ip_address(plain_address(address))
        except ValueError:
            return not address  # the other end of a Unix socket
        return any(parsed in network for network in networks)

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'hotseat.db'}"

    @property
    def models(self) -> Path:
        return self.models_dir or self.data_dir / "models"

    @property
    def local(self) -> bool:
        """Nothing that is said leaves this machine: neither to be heard or answered elsewhere, nor to be kept there."""
        urls = [url for url in (self.llm.url, self.asr.url, self.tts.url) if "://" in url]
        return all(is_loopback_url(url) for url in urls) and _is_here(self.database_url) and _is_path(self.archive_url)


def _proxies(given: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] | None:
    """The networks of a list of proxies; None for any address. Raises ValueError."""
    entries = [entry.strip() for entry in given.split(",")]
    if entries == ["*"]:
        return None
    networks = []
    for entry in entries:
        try:
            networks.append(ipaddress.ip_network(plain_address(entry)))
        except ValueError:
            raise ValueError(f"{entry!r} is neither an address nor a network such as 10.0.0.0/8, nor * alone") from None
    return tuple(networks)


def _is_here(database_url: str) -> bool:
    """Whether a database is a file, or a server on this machine."""
    try:
        parts = urlsplit(database_url)
        # SQLAlchemy takes hosts from the query, too: several, with ports, or the folder of a socket.
        more = [host for given in parse_qs(parts.query).get("host", ()) for host in given.split(",")]
        return is_loopback(parts.hostname or "localhost") and all(
            host.startswith("/") or is_loopback_url(f"//{host}") for host in more
        )
    except ValueError:
        return False


def _is_path(archive_url: str) -> bool:
    """Whether fsspec takes it for a folder; one address may stand in front of another (``simplecache::s3://…``)."""
    return "::" not in archive_url and (archive_url.startswith("file:") or "://" not in archive_url)


def load_settings(**overrides: object) -> Settings:
    """Raises SettingsError naming every wrong variable."""
    if unknown := _unknown():
        raise SettingsError("; ".join(unknown))
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        wrong = "; ".join(
            f"{_PREFIX}{'__'.join(map(str, item['loc'])).upper()}: {item['msg']}" if item["loc"] else item["msg"]
            for item in error.errors()
        )
        raise SettingsError(wrong) from None
    except UnreadableError:  # a group's own variable would have to be JSON
        raise SettingsError("; ".join(_groups_set())) from None


def _unknown() -> list[str]:
    """What is wrong with each variable of our prefix that is no setting; empty ones are as if they were not there."""
    known = {f"{_PREFIX}{name}".upper() for name in Settings.model_fields}.union(*_groups().values())
    wrong = []
    for name in sorted(name for name, value in os.environ.items() if name.upper().startswith(_PREFIX) and value):
        if name.upper() in known or _NOT_OURS.match(name.upper()):
            continue
        bare = {other.removeprefix(_PREFIX): other for other in known}
        near = difflib.get_close_matches(name.upper().removeprefix(_PREFIX), bare, 1)
        wrong.append(f"{name}: is no setting" + (f"; did you mean {bare[near[0]]}?" if near else ""))
    return wrong


def _groups() -> dict[str, list[str]]:
    """The variables of each group of settings, by the variable of the whole group."""
    return {
        (group := f"{_PREFIX}{name}".upper()): [f"{group}__{part}".upper() for part in type(field.default).model_fields]
        for name, field in Settings.model_fields.items()
        if isinstance(field.default, StrictModel)
    }


def _groups_set() -> list[str]:
    """What is wrong with each variable that has the name of a whole group."""
    names = {name.upper() for name in os.environ}
    return [f"{group}: is a group; set {first} and the like" for group, [first, *_] in _groups().items() if group in names]
