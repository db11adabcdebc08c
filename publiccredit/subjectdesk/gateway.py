"""
The county's gateway for short messages, as a ``Messenger``: one JSON call for each message, retried, never redirected.

What a county has connected is named in the environment (site/settings.py). A gateway of another form stands behind a
few lines of its own that take this call.
"""

import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from time import sleep
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from publiccredit.subjectdesk.outbox import LocalOutbox, Messenger, Outgoing, UnableToSend

PATIENCE = 5  # seconds for an answer
PAUSES = (0.5, 2.0)  # seconds between the first call and the next ones
TRY_AGAIN = frozenset({408, 425, 429})  # with everything from 500 on; another refusal is final
LOOPBACK = ("127.0.0.1", "::1", "localhost")
_CARRIERS = ThreadPoolExecutor(2, thread_name_prefix="messages")
_log = logging.getLogger(__name__)


class _NoRedirect(HTTPRedirectHandler):
    """A message with a code in it goes to the address that was configured, or nowhere."""

    def redirect_request(self, *arguments: Any, **named: Any) -> None:  # noqa: ARG002 - the library's signature
        return None


_OPENER = build_opener(ProxyHandler({}), _NoRedirect)


@dataclass(frozen=True)
class Gateway:
    """An HTTP gateway, by its settings."""

    url: str
    token: str
    signature: str  # 短信签名, as the gateway has it on file
    pause: Callable[[float], None] = sleep

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ImproperlyConfigured(f"PUBLICCREDIT_MESSAGE_GATEWAY must begin with https://, and is {self.url!r}.")

    def send(self, *, message: Outgoing) -> None:
        """
        Hand a message to the gateway, up to three times; it drops by the number what it has taken before.

        :raises UnableToSend: it did not take it.
        """
        request = Request(self.url, data=self._body(message), headers=self._headers(message), method="POST")  # noqa: S310 - verified above
        for pause in (*PAUSES, None):
            status = _status_of(request)
            if 200 <= status < 300:
                return
            if pause is None or (0 < status < 500 and status not in TRY_AGAIN):
                # The number alone: neither contact nor text belongs in a log.
                _log.warning("The gateway did not take message %s: status %s.", message.number, status)
                raise UnableToSend
            self.pause(pause)

    def _body(self, message: Outgoing) -> bytes:
        signed = f"【{self.signature}】" if self.signature else ""
        said = {
            "id": str(message.number),
            "kind": message.kind,
            "to": message.contact,
            "signature": self.signature,
            "text": f"{signed}{message.text}",
        }
        return json.dumps(said, ensure_ascii=False).encode()

    def _headers(self, message: Outgoing) -> dict[str, str]:
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": str(message.number),
        }


@dataclass(frozen=True)
class InBackground:
    """
    Carries codes: whoever asks for one waits equally long whether the contact is known or not.

    A code the gateway does not take lies in the office's outbox, where it can still be read out by telephone.
    """

    first: Messenger
    otherwise: Messenger

    def send(self, *, message: Outgoing) -> None:
        """Take a message at once, and carry it afterwards."""
        _CARRIERS.submit(self._carry, message)

    def _carry(self, message: Outgoing) -> None:
        try:
            self.first.send(message=message)
        except UnableToSend:
            self.otherwise.send(message=message)


def connected() -> Gateway | None:
    """Give the gateway this installation is connected to, or nothing."""
    url = str(settings.MESSAGE_GATEWAY)
    return Gateway(url=url, token=settings.MESSAGE_TOKEN, signature=settings.MESSAGE_SIGNATURE) if url else None


def for_codes() -> Messenger:
    """Give who carries the codes somebody waits for."""
    gateway = connected()
    return InBackground(gateway, LocalOutbox()) if gateway else LocalOutbox()


def for_notices() -> Messenger:
    """Give who carries what may come an hour later."""
    return connected() or LocalOutbox()


def _status_of(request: Request) -> int:
    """Make one call, and give the status of its answer; 0 where there was none."""
    try:
        with _OPENER.open(request, timeout=PATIENCE) as answer:
            return int(answer.status)
    except HTTPError as refusal:
        refusal.close()
        return refusal.code
    except (OSError, HTTPException):
        return 0
