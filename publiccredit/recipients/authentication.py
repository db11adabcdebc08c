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


@dataclass(frozen=True)
class Caller:
    """What stands in ``request.user`` for a recipient's program; it is no officer, and may nothing an officer may."""

    identified: Identified
    is_recipient: bool = True
    is_authenticated: bool = True
    is_active: bool = True


class RecipientAuthentication(BaseAuthentication):
    """A bearer token of a recipient; any other header changes nothing."""

    def authenticate(self, request: Request) -> tuple[Caller, str] | None:
        """
        Give the caller and the token, or nothing where no token of a recipient was sent.

        :raises AuthenticationFailed: it is unknown, expired or revoked. Going on as an anonymous reader would leave
            the recipient believing that it will be told of changes.
        """
        keyword, _, secret = request.headers.get("Authorization", "").partition(" ")
        secret = secret.strip()
        if keyword != "Bearer" or not secret.startswith(TOKEN_PREFIX):
            return None
        found = identified(secret=secret, at=timezone.now())
        if found is None:
            raise AuthenticationFailed("接收方令牌无效、已过期或已吊销。请向系统管理员申请新令牌，或者不带令牌查询。")
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
