"""A small OpenID Connect provider on a local port, which can be told whom to sign in and to send wrong replies."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.support.stub_http import Stub, serving

CLIENT, SECRET = "hotseat", "a secret: of ours"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


class TestProvider:
    """Checks what it is asked as RFC 6749, RFC 7636 and OpenID Connect Core 1.0 have it."""

    __test__ = False

    def __init__(self) -> None:
        self.person: dict[str, Any] = {
            "sub": "1",
            "preferred_username": "Ada",
            "email": "ada@example.org",
            "email_verified": True,
        }
        self.lies: dict[str, Any] = {}
        """Claims of ID tokens that are not as they should be; None leaves one out."""
        self.in_token = True
        """Whether ID tokens say more than who it is; else only the userinfo endpoint does."""
        self.key = KEY
        self.signs_with: Any = KEY
        self.algorithm = "RS256"
        self.issuer = ""
        self.tokens_asked = 0
        self._codes: dict[str, dict[str, str]] = {}

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/me",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def authorise(self, asked: dict[str, str]) -> str:
        """Where to send the browser back to, with a code."""
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT and "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256" and asked["nonce"]
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        self.tokens_asked += 1
        expected = base64.b64encode(b"hotseat:a%20secret%3A%20of%20ours").decode()
        if authorization != f"Basic {expected}":
            return 401, {"error": "invalid_client"}
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None or form["grant_type"] != "authorization_code" or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if challenge != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        told = self.person if self.in_token else {"sub": self.person["sub"]}
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **told, **self.lies}
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.algorithm, "kid": "one"}
        if self.algorithm == "none":
            signed = ".".join(
                (*(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims)), "")
            )
        else:
            signed = jwt.encode(header, claims, self.signs_with, algorithms=[self.algorithm])
        return 200, {"access_token": "to read with", "token_type": "Bearer", "id_token": signed}


@contextmanager
def provider() -> Iterator[TestProvider]:
    """It runs, until left."""
    made = TestProvider()

    class Handler(Stub):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            match parts.path:
                case "/.well-known/openid-configuration":
                    self.answer_json(200, made.configuration())
                case "/keys":
                    self.answer_json(200, {"keys": [{"kty": "new", "kid": "two"}, made.key.as_dict(private=False)]})
                case "/authorize":
                    self.send_response(302)
                    self.send_header("location", made.authorise(dict(parse_qsl(parts.query))))
                    self.end_headers()
                case "/me" if self.headers["authorization"] == "Bearer to read with":
                    self.answer_json(200, made.person)
                case _:
                    self.answer_json(404, {})

        def do_POST(self) -> None:
            form = dict(parse_qsl(self.body().decode()))
            self.answer_json(*made.token(form, self.headers.get("authorization", "")))

        def answer_json(self, status: int, document: dict[str, Any]) -> None:
            self.answer(status, json.dumps(document))

    with serving(Handler) as made.issuer:
        yield made
