"""Every read of accounts."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from publiccredit.accounts.grant_words import facts_of as grant_facts
from publiccredit.accounts.grant_words import standing_of as grant_standing
from publiccredit.accounts.lockouts import Lockout, lockouts
from publiccredit.accounts.models import AccessToken, GrantProposal, Officer, RecoveryCode
from publiccredit.accounts.operations import token_hash
from publiccredit.accounts.second_factor import second_factor_wanted
from publiccredit.accounts.types import FOUR_EYES_ROLES, PROGRAM, Actor, ProposalState, Role
from publiccredit.accounts.verifying import administrators_besides

__all__ = [
    "GrantProposal",
    "Lockout",
    "administrators_besides",
    "collectable_grants",
    "grant_facts",
    "grant_proposals",
    "grant_standing",
    "lockouts",
    "must_enrol",
    "officers",
    "recovery_codes_left",
    "second_factor_wanted",
    "spoken_names",
    "token_in_force",
    "tokens",
    "waiting_grants",
]


def officers() -> QuerySet[Officer]:
    """Give all officers by account name."""
    return Officer.objects.order_by("username")


def spoken_names(*, names: Iterable[str], departments: Mapping[str, str]) -> dict[str, str]:
    """
    Give the words a page uses for actors: an officer's name with role and department, 平台程序 for the program itself.

    ``departments`` are the names of departments by code, or nothing where the page says the department elsewhere; a
    department that the officer's own name already tells is not told twice.
    """
    spoken = {PROGRAM.name: "平台程序"}
    for officer in Officer.objects.filter(username__in=set(names)):
        department = departments.get(officer.department_code, "")
        of = [officer.get_role_display(), "" if department in officer.display_name else department]
        spoken[officer.username] = f"{officer.display_name}（{'，'.join(word for word in of if word)}）"
    return spoken


def tokens() -> QuerySet[AccessToken]:
    """Give all tokens with their officers, the newest first."""
    return AccessToken.objects.select_related("officer").order_by("-created_at", "-pk")


def token_in_force(*, secret: str, at: datetime) -> AccessToken | None:
    """Give the token of a secret with its officer, unless it has expired, been revoked, or the account is closed."""
    return (
        AccessToken.objects.select_related("officer")
        .filter(secret_sha256=token_hash(secret), revoked_at__isnull=True, expires_at__gt=at, officer__is_active=True)
        .first()
    )


def must_enrol(*, officer: Officer) -> bool:
    """Tell whether an officer must have a second factor and has none yet."""
    wanted = settings.SECOND_FACTOR == "required" and Role(officer.role) in FOUR_EYES_ROLES
    return wanted and officer.second_factor_since is None


def recovery_codes_left(*, officer: Officer) -> int:
    """Give how many codes for a lost telephone an officer has not used."""
    return RecoveryCode.objects.filter(officer=officer, used_at__isnull=True).count()


def grant_proposals() -> QuerySet[GrantProposal]:
    """Give all proposals of rights with the account concerned, the newest first."""
    return GrantProposal.objects.select_related("officer").order_by("-proposed_at", "-pk")


def waiting_grants(*, by: Actor, at: datetime) -> QuerySet[GrantProposal]:
    """Give what waits for this administrator: what others have proposed and not about the own account."""
    own = Q(proposed_by__username=by.name) | Q(officer__username=by.name)
    return grant_proposals().filter(state=ProposalState.PROPOSED, lapses_at__gt=at).exclude(own)


def collectable_grants(*, by: Actor, at: datetime) -> QuerySet[GrantProposal]:
    """Give what this administrator proposed, another approved, and nobody has collected yet."""
    return grant_proposals().filter(proposed_by__username=by.name, state=ProposalState.APPROVED, collect_until__gt=at)
