"""Every read of accounts."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from publiccredit.accounts.models import AccessToken, Officer
from publiccredit.accounts.operations import token_hash
from publiccredit.accounts.types import PROGRAM


def officers() -> QuerySet[Officer]:
    """Give all officers by account name."""
    return Officer.objects.order_by("username")


def spoken_names(*, names: Iterable[str]) -> dict[str, str]:
    """Give the words a page uses for actors: the display name and the role, and "平台程序" for the program itself."""
    held = Officer.objects.filter(username__in=set(names))
    spoken = {officer.username: f"{officer.display_name}（{officer.get_role_display()}）" for officer in held}
    return {PROGRAM.name: "平台程序", **spoken}


def tokens() -> QuerySet[AccessToken]:
    """Give all tokens with their officers, the newest first."""
    return AccessToken.objects.select_related("officer").order_by("-created_at", "-pk")


def officer_of_token(*, secret: str, at: datetime) -> Officer | None:
    """Give the active officer a token stands for, unless it has expired or been revoked."""
    token = (
        AccessToken.objects.select_related("officer")
        .filter(secret_sha256=token_hash(secret), revoked_at__isnull=True, expires_at__gt=at, officer__is_active=True)
        .first()
    )
    return token.officer if token else None
