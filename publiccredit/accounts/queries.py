"""Every read of accounts."""

from datetime import datetime

from django.db.models import QuerySet

from publiccredit.accounts.models import AccessToken, Officer
from publiccredit.accounts.operations import token_hash


def officers() -> QuerySet[Officer]:
    """Give all officers by account name."""
    return Officer.objects.order_by("username")


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
