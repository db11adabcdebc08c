"""
The province's sign-on, as OpenID Connect: the authorisation code flow with state, nonce and PKCE.

A county without one leaves it out; one with another protocol gives another ``Provider``. What counts is one claim: the
unified social credit identifier of the enterprise that signed on. Nothing about the person is asked for or kept.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

SECONDS = 10
ALGORITHMS = ["RS256", "ES256", "PS256"]
LARGEST_ANSWER = 256 * 1024
CLOCK_SKEW = 60  # seconds


NOTHING_PROVED = "统一身份认证没有完成，或者登录的不是本县已建档的单位。请重试，或者改用其他方式。"


class NotSignedOn(Exception):
    """The answer of the sign-on proves nothing; ``because`` says in a word what did not hold."""

    def __init__(self, because: str) -> None:
        super().__init__(NOTHING_PROVED)
        self.because = because


@dataclass(frozen=True)
class Begun:
    """Where the browser goes, and what it keeps in the meantime."""

    address: str
    kept: str


class Provider(Protocol):
    """A sign-on of some kind."""

    def address(self, *, state: str, nonce: str, challenge: str, back_to: str) -> str:
        """Give where the browser goes."""

    def identifier(self, *, code: str, nonce: str, verifier: str, back_to: str, at: datetime) -> str:
        """
        Exchange a code for the identifier of who signed on.

        :raises NotSignedOn: the code, the token or a claim does not hold.
        """


@dataclass(frozen=True)
class OpenIdProvider:
    """An OpenID provider, by its settings."""

    issuer: str
    client: str
    secret: str
    claim: str  # the claim that holds the unified social credit identifier

    def address(self, *, state: str, nonce: str, challenge: str, back_to: str) -> str:
        """Give the provider's page, with what binds its answer to this browser."""
        asked = {
            "response_type": "code",
            "client_id": self.client,
            "redirect_uri": back_to,
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._described()['authorization_endpoint']}?{urlencode(asked)}"

    def identifier(self, *, code: str, nonce: str, verifier: str, back_to: str, at: datetime) -> str:
        """Exchange the code, verify the token's signature, issuer, audience, time and nonce, and give the claim."""
        described = self._described()
        exchanged = _fetch(
            str(described["token_endpoint"]),
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": back_to,
                "client_id": self.client,
                "client_secret": self.secret,
                "code_verifier": verifier,
            },
        )
        keys = KeySet.import_key_set(_fetch(str(described["jwks_uri"])))  # type: ignore[arg-type]
        try:
            claims = jwt.decode(str(exchanged.get("id_token", "")), keys, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError) as wrong:
            raise NotSignedOn("signature") from wrong
        self._verify(claims, nonce, at)
        return str(claims.get(self.claim, ""))

    def _verify(self, claims: Mapping[str, Any], nonce: str, at: datetime) -> None:
        audience = claims.get("aud")
        now = at.timestamp()
        if claims.get("iss") != self.issuer:
            raise NotSignedOn("issuer")
        if self.client not in (audience if isinstance(audience, list) else [audience]):
            raise NotSignedOn("audience")
        expires, issued = claims.get("exp"), claims.get("iat")
        if not isinstance(expires, int | float) or not isinstance(issued, int | float):
            raise NotSignedOn("time")
        if expires + CLOCK_SKEW < now or issued - CLOCK_SKEW > now:
            raise NotSignedOn("time")
        if not hmac.compare_digest(str(claims.get("nonce", "")), nonce):
            raise NotSignedOn("nonce")

    def _described(self) -> Mapping[str, Any]:
        described = _fetch(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if described.get("issuer") != self.issuer:
            raise NotSignedOn("issuer")
        return described


def connected() -> OpenIdProvider | None:
    """Give the sign-on this installation is connected to, or nothing."""
    issuer = str(settings.SIGN_ON_ISSUER)
    if not issuer:
        return None
    return OpenIdProvider(
        issuer=issuer,
        client=settings.SIGN_ON_CLIENT,
        secret=settings.SIGN_ON_SECRET,
        claim=settings.SIGN_ON_CLAIM,
    )


def begin(*, provider: Provider, back_to: str) -> Begun:
    """Make what binds the answer to this browser, and give the address that carries its traces."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    address = provider.address(state=state, nonce=nonce, challenge=challenge, back_to=back_to)
    return Begun(address=address, kept=json.dumps([state, nonce, verifier]))


def finish(*, provider: Provider, kept: str, answer: Mapping[str, str], back_to: str, at: datetime) -> str:
    """
    Verify an answer against what the browser kept, and give the identifier of who signed on.

    :raises NotSignedOn: the browser did not ask, the state is another's, or the provider does not vouch.
    """
    if not kept:
        raise NotSignedOn("not_asked")
    state, nonce, verifier = json.loads(kept)
    if not hmac.compare_digest(str(state), answer.get("state", "")):
        raise NotSignedOn("state")
    if "code" not in answer:
        raise NotSignedOn("refused")
    return provider.identifier(code=answer["code"], nonce=nonce, verifier=verifier, back_to=back_to, at=at)


def _fetch(address: str, form: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """
    Ask the provider for JSON.

    :raises NotSignedOn: it does not answer, or not with JSON.
    """
    if urlsplit(address).scheme not in ("https", "http"):
        raise NotSignedOn("address")
    body = urlencode(form).encode() if form is not None else None
    try:
        with urlopen(Request(address, data=body), timeout=SECONDS) as answer:  # noqa: S310 - https or http, as above
            found = json.loads(answer.read(LARGEST_ANSWER))
    except (URLError, ValueError, OSError) as failed:
        raise NotSignedOn("provider") from failed
    if not isinstance(found, dict):
        raise NotSignedOn("provider")
    return found
