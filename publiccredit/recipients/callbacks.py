"""The one place from which a recipient is called: no proxy, no redirect, little time, and a short answer."""

import json
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from publiccredit.recipients.types import Answer, Outgoing

PATIENCE = 10  # seconds
LONGEST_ANSWER = 64 * 1024
RECEIPT_HEADER = "webhook-receipt"


class _NoRedirect(HTTPRedirectHandler):
    """A notice goes to the address that was registered, or nowhere."""

    def redirect_request(self, *arguments: Any, **named: Any) -> None:  # noqa: ARG002 - the library's signature
        return None


_OPENER = build_opener(ProxyHandler({}), _NoRedirect)


def post(outgoing: Outgoing) -> Answer:
    """Make one call, and give what came back; whatever goes wrong is an answer, too."""
    try:  # an address taken back after the notice was written is none: that, too, is an answer
        request = Request(outgoing.url, data=outgoing.body, headers=outgoing.headers, method="POST")  # noqa: S310 - verified at registration
        with _OPENER.open(request, timeout=PATIENCE) as response:
            receipt = response.headers.get(RECEIPT_HEADER, "") or _receipt_in(response.read(LONGEST_ANSWER))
            return Answer(status=response.status, receipt=receipt[:200])
    except HTTPError as refusal:
        refusal.close()
        return Answer(status=refusal.code)
    except (OSError, HTTPException, ValueError) as error:
        return Answer(status=0, problem=f"没有应答：{type(error).__name__}")


def _receipt_in(body: bytes) -> str:
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    receipt = said.get("receipt", "") if isinstance(said, dict) else ""
    return receipt if isinstance(receipt, str) else ""
