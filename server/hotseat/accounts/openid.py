"""Sign-in with an OpenID Connect provider: the authorization code flow with PKCE (OpenID Connect Core 1.0, RFC 7636)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
import secrets
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from hotseat.accounts.throttle import Throttle
from hotseat.clock import Clock
from hotseat.domain.accounts import Allowance
from hotseat.errors import RefusedError, SettingsError, TooManyAttemptsError, UnavailableError
from hotseat.loopback import is_loopback_url
from hotseat.settings import OpenIdSettings

log = logging.getLogger(__name__)

ATTEMPT_S = 600
"""How long somebody may take at the provider."""
_TIMEOUT_S = 10.0
_METADATA_S = 3600.0
"""How long the provider's configuration is cached."""
_CLOCKS_APART_S = 60
_SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "Ed25519")
"""Accepted signature algorithms: not "none", and none that uses the client secret as its key."""
_RETURNS = Allowance(attempts=20, refill_s=15.0)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One browser's sign-in attempt. State, nonce and PKCE verifier are all derived from its secret."""

    next: str
    """Path to open afterwards: that of the invitation, if one is being used."""
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def state(self) -> str:
        return self._derived("state")

    @property
    def nonce(self) -> str:
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        return self._derived("verifier")

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def _derived(self, what: str) -> str:
        return hmac.new(self.secret.encode(), what.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the provider has signed in."""

    subject: str
    """Permanent id: a hash of the issuer and the provider's id of the person."""
    names: tuple[str, ...]
    """Possible account names, best first."""
    email: str
    """Only if verified by the provider, else empty."""


class OpenIdProvider:
    """One provider, as its issuer's configuration describes it."""

    def __init__(self, settings: OpenIdSettings, clock: Clock) -> None:
        """Raises SettingsError where the packages are missing."""
        try:
            for package in ("authlib.oidc.core", "joserfc.jwt"):
                import_module(package)
        except ImportError as error:
            install = "hotseat[oidc], or in a checkout: uv sync --frozen --inexact --extra oidc"
            raise SettingsError(f"HOTSEAT_OPENID__ISSUER needs the oidc extra ({install}): {error}") from None
        self._settings = settings
        self._clock = clock
        self._returns = Throttle(_RETURNS)
        self._looking = asyncio.Lock()
        self._known: tuple[dict[str, Any], float] | None = None
        """The provider's configuration, and when it was read."""
        self.name = settings.name

    def may_join(self, person: Person) -> bool:
        """Whether the settings let them make an account without an invitation."""
        allowed = [entry.strip().casefold() for entry in self._settings.allow.split(",")]
        name, at, domain = (email := person.email.casefold()).rpartition("@")
        return "*" in allowed or bool(name and at and (email in allowed or f"@{domain}" in allowed))

    async def authorization_url(self, attempt: Attempt, back: str) -> str:
        """The provider's URL to redirect the browser to, which then returns to ``back``. Raises UnavailableError."""
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": back,
            "scope": self._settings.scope,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        address: str = (await self._metadata())["authorization_endpoint"]
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    async def signed_in(self, attempt: Attempt, given: dict[str, str], back: str, network: str) -> Person:
        """The person who came back from the provider with these query parameters, from this network.

        Raises RefusedError, TooManyAttemptsError, UnavailableError.
        """
        # Without this browser's secret anybody could compute the state.
        if not attempt.secret or not hmac.compare_digest(given.get("state", "").encode(), attempt.state.encode()):
            raise RefusedError("that sign-in was not begun in this browser, or took too long; try again")
        if given.get("iss", self._settings.issuer) != self._settings.issuer:
            raise RefusedError(f"that was another provider than {self.name}; try again")
        if "code" not in given:
            denied = given.get("error") == "access_denied"
            raise RefusedError(f"{self.name} {'did not let you in' if denied else 'could not sign you in'}; try again")
        now = self._clock.now()
        if (wait_s := self._returns.wait_s(network, now)) > 0:
            raise TooManyAttemptsError(f"too many attempts; try again in {wait_s:.0f} seconds", wait_s)
        self._returns.spend(network, now)
        async with self._http() as http:
            tokens = await self._exchange(http, given["code"], attempt, back)
            claims = await self._checked(http, tokens.get("id_token"), attempt)
            if not any(isinstance(claims.get(name), str) for name in ("preferred_username", "email", "name")):
                claims = {**claims, **await self._userinfo(http, tokens.get("access_token"), claims["sub"])}
        return _person(self._settings.issuer, claims)

    async def _exchange(self, http: httpx.AsyncClient, code: str, attempt: Attempt, back: str) -> dict[str, Any]:
        metadata, client, secret = await self._metadata(), self._settings.client_id, self._settings.client_secret
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": attempt.verifier,
        }
        auth = httpx.Auth()
        supported = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if (word := secret.get_secret_value()) and "client_secret_basic" in supported:
            auth = httpx.BasicAuth(quote(client, safe=""), quote(word, safe=""))
        else:
            form |= {"client_id": client} | ({"client_secret": word} if word else {})
        try:
            answer = await http.post(metadata["token_endpoint"], data=form, auth=auth)
            told = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise self._unavailable(error) from None
        if answer.status_code != 200 or not isinstance(told, dict):
            # invalid_client is the settings' fault, invalid_grant an old code's; both are for the log.
            log.warning("the OpenID provider refused a code: %s %.80r", answer.status_code, told)
            raise RefusedError(f"{self.name} did not confirm the sign-in; try again")
        return told

    async def _checked(self, http: httpx.AsyncClient, token: object, attempt: Attempt) -> dict[str, Any]:
        """The claims of an ID token, after checking signature, issuer, audience, nonce and time. Raises RefusedError."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet
        from joserfc.jws import JWSRegistry

        keys = (await self._json(http, (await self._metadata())["jwks_uri"])).get("keys", [])
        try:
            ours = {"keys": [key for key in keys if key.get("use", "sig") == "sig" and key.get("kty") in ("RSA", "EC", "OKP")]}
            registry = JWSRegistry(algorithms=list(_SIGNATURES))
            read = jwt.decode(str(token), KeySet.import_key_set(ours), registry=registry)  # type: ignore[arg-type]
            claims = CodeIDToken(
                read.claims,
                read.header,
                {
                    "iss": {"essential": True, "value": self._settings.issuer},
                    "aud": {"essential": True, "value": self._settings.client_id},
                },
                {"nonce": attempt.nonce, "client_id": self._settings.client_id},
            )
            claims.validate(now=int(self._clock.wall()), leeway=_CLOCKS_APART_S)
        except (JoseError, ValueError, TypeError, AttributeError, KeyError) as error:
            log.warning("an ID token was refused: %s", type(error).__name__)
            raise RefusedError(f"{self.name} sent a confirmation that does not hold; try again") from None
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise RefusedError(f"{self.name} does not say who you are")
        return dict(claims)

    async def _userinfo(self, http: httpx.AsyncClient, token: object, subject: str) -> dict[str, Any]:
        """The userinfo endpoint's claims, for providers whose ID tokens say little; empty if there is none."""
        address = (await self._metadata()).get("userinfo_endpoint")
        if not isinstance(address, str) or not isinstance(token, str):
            return {}
        told = await self._json(http, address, token)
        return told if told.get("sub") == subject else {}

    async def _metadata(self) -> dict[str, Any]:
        """Raises UnavailableError."""
        async with self._looking:
            now, issuer = self._clock.now(), self._settings.issuer
            if self._known is not None and now - self._known[1] < _METADATA_S:
                return self._known[0]
            async with self._http() as http:
                told = await self._json(http, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            needed = [told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
            if told.get("issuer") != issuer:
                raise self._unavailable(f"its configuration names the issuer {told.get('issuer')!r}, not {issuer!r}")
            if not all(isinstance(one, str) and (one.startswith("https://") or is_loopback_url(issuer)) for one in needed):
                raise self._unavailable("its configuration lacks an address, or one is not https")
            self._known = (told, now)
            return told

    async def _json(self, http: httpx.AsyncClient, address: str, token: str = "") -> dict[str, Any]:
        """Raises UnavailableError."""
        try:
            answer = await http.get(address, headers={"authorization": f"Bearer {token}"} if token else {})
            told = answer.raise_for_status().json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise self._unavailable(error) from None
        return told if isinstance(told, dict) else {}

    def _http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=not is_loopback_url(self._settings.issuer))

    def _unavailable(self, why: Exception | str) -> UnavailableError:
        log.warning("the OpenID provider can't be used: %s", why if isinstance(why, str) else type(why).__name__)
        return UnavailableError(f"{self.name} can't be reached right now; try again in a minute")


def _person(issuer: str, claims: dict[str, Any]) -> Person:
    told = {name: claims[name] for name in ("preferred_username", "email", "name") if isinstance(claims.get(name), str)}
    verified = claims.get("email_verified") in (True, "true")
    return Person(
        subject=hashlib.sha256(f"{issuer}\n{claims['sub']}".encode()).hexdigest(),
        names=tuple(name for name in told.values() if name.strip()),
        email=told.get("email", "") if verified else "",
    )
