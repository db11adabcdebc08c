"""Log-in of programs: ``Authorization: Bearer pct_…``."""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from publiccredit.accounts.models import AccessToken, Officer
from publiccredit.accounts.operations import act_as, note_token_use
from publiccredit.accounts.queries import token_in_force
from publiccredit.accounts.types import OFFICER_TOKEN, RECIPIENT_TOKEN, SCOPE_TITLES


class TokenAuthentication(BaseAuthentication):
    """A bearer token stands for its officer; row-level security is set to the officer at once."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[Officer, AccessToken] | None:
        """
        Give the officer and the token, or nothing where no token was sent.

        :raises AuthenticationFailed: a token was sent that is unknown, expired or revoked, or a recipient's.
        """
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        keyword, _, secret = header.partition(" ")
        if secret.strip().startswith(
            RECIPIENT_TOKEN
        ):  # told by how it is written: whether it exists is nobody's to know
            raise AuthenticationFailed(_of_another_kind(request))
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


def _of_another_kind(request: Request) -> str:
    """Say what a recipient's token is for, and which one would do here."""
    view = (request.parser_context or {}).get("view")
    scope = getattr(view, "scopes", {}).get({"HEAD": "GET"}.get(str(request.method), str(request.method)))
    reach = f"，权限范围须含“{SCOPE_TITLES[scope]}”" if scope else ""
    return (
        f"所带的是接收方令牌（以 {RECIPIENT_TOKEN} 开头），用于查询公开的记录和接收变更通知，不能用在这里。"
        f"这里请用工作人员的令牌（以 {OFFICER_TOKEN} 开头）{reach}，由系统管理员签发。"
    )
