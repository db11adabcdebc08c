"""
Who a recipient's program is: ``Authorization: Bearer pcr_…``.

A door of the package beside operations, queries and types: the public interface names it, so that a reader who wants
to be known is; without such a token every reader stays anonymous.
"""

from dataclasses import dataclass

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from publiccredit.recipients.operations.registering import TOKEN_PREFIX
from publiccredit.recipients.queries import identified
from publiccredit.recipients.types import Identified

PUBLIC_TOO = "查询公开的记录也可以不带 Authorization 请求头，但是以后的变更不会告知。"
MISWRITTEN = (
    f"请求头 Authorization 不能识别。接收方请写“Authorization: Bearer 令牌”，令牌以 {TOKEN_PREFIX} 开头。{PUBLIC_TOO}"
)
WRONG_KIND = (
    f"所带的不是接收方令牌。接收方令牌以 {TOKEN_PREFIX} 开头，"
    f"部门报送用的令牌只能用于报送。请换用接收方令牌。{PUBLIC_TOO}"
)
NOT_IN_FORCE = f"接收方令牌无效、已过期或已吊销。请核对，或者向信用办申请新令牌。{PUBLIC_TOO}"


@dataclass(frozen=True)
class Caller:
    """What stands in ``request.user`` for a recipient's program; it is no officer, and may nothing an officer may."""

    identified: Identified
    is_recipient: bool = True
    is_authenticated: bool = True
    is_active: bool = True


class RecipientAuthentication(BaseAuthentication):
    """A bearer token of a recipient, or no header at all: whoever means to say who it is must not read unnamed."""

    def authenticate(self, request: Request) -> tuple[Caller, str] | None:
        """
        Give the caller and the token, or nothing where no header was sent.

        :raises AuthenticationFailed: the header holds anything else than a recipient's token in force. Going on as an
            anonymous reader would leave the recipient believing that it will be told of changes.
        """
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        keyword, _, secret = header.partition(" ")
        secret = secret.strip()
        if keyword != "Bearer" or not secret:
            raise AuthenticationFailed(MISWRITTEN)
        if not secret.startswith(TOKEN_PREFIX):
            raise AuthenticationFailed(WRONG_KIND)
        found = identified(secret=secret, at=timezone.now())
        if found is None:
            raise AuthenticationFailed(NOT_IN_FORCE)
        return Caller(found), secret

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - the framework's signature
        return "Bearer"


def reader_of(request: Request) -> Identified | None:
    """Give who reads, where it said so."""
    return request.user.identified if isinstance(request.user, Caller) else None


def recipient_of(request: Request) -> Identified:
    """Give the recipient of a request behind ``api_open_to(RECIPIENTS)``."""
    assert isinstance(request.user, Caller)
    return request.user.identified
