"""Log-in of programs: ``Authorization: Bearer pct_…``."""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from publiccredit.accounts.models import AccessToken, Officer
from publiccredit.accounts.operations import act_as, note_token_use
from publiccredit.accounts.queries import token_in_force


class TokenAuthentication(BaseAuthentication):
    """A bearer token stands for its officer; row-level security is set to the officer at once."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[Officer, AccessToken] | None:
        """
        Give the officer and the token, or nothing where no token was sent.

        :raises AuthenticationFailed: a token was sent that is unknown, expired or revoked.
        """
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        keyword, _, secret = header.partition(" ")
        now = timezone.now()
        token = token_in_force(secret=secret.strip(), at=now) if keyword == self.keyword else None
        if token is None:
            raise AuthenticationFailed(
                "令牌无效、已过期或已吊销。请在请求头写“Authorization: Bearer 令牌”，或向系统管理员申请新令牌。"
            )
        note_token_use(token_id=token.pk, at=now)
        act_as(actor=token.officer.actor)
        return token.officer, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - the framework's signature
        return self.keyword
