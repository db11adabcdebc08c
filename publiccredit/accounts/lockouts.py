"""Whom too many wrong passwords have shut out: from which address, and until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum


@dataclass(frozen=True)
class Lockout:
    """An account name, which may be nobody's, shut out for requests from one address."""

    username: str
    address: str
    failures: int
    until: datetime


def lockouts(*, at: datetime, username: str = "") -> tuple[Lockout, ...]:
    """Give who is shut out at a moment, the latest first; of one account name, or of all."""
    pause = timedelta(hours=settings.AXES_COOLOFF_TIME)
    tried = AccessAttempt.objects.filter(attempt_time__gt=at - pause)
    if username:
        tried = tried.filter(username=username)
    found = (
        tried.values("username", "ip_address")
        .annotate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
        .filter(failures__gte=settings.AXES_FAILURE_LIMIT)
        .order_by("-last")
    )
    return tuple(
        Lockout(row["username"] or "", row["ip_address"] or "", row["failures"], row["last"] + pause) for row in found
    )
