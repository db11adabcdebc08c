"""Every address says who may open it, and keeps to it for every role."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from publiccredit.accounts.access import Access
from publiccredit.accounts.types import DEPARTMENT_ROLES, Role
from tests.accounts import opened_account

AT = datetime(2026, 11, 23, tzinfo=UTC)


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, route)
        else:
            yield route, entry


ADDRESSES = sorted(_patterns(get_resolver()), key=lambda pair: pair[0])


def _access(pattern: URLPattern) -> Access | None:
    view = pattern.callback
    found = getattr(view, "access", None) or getattr(getattr(view, "cls", None), "access", None)
    return found if isinstance(found, Access) else None


def _example(route: str) -> str:
    """Fill an address with values that name nothing, so that only access decides between 404 and refusal."""
    filled = re.sub(r"<int:[a-z_]+>", "999999999", route)
    filled = re.sub(r"<(?:uuid):[a-z_]+>", "00000000-0000-0000-0000-000000000000", filled)
    filled = re.sub(r"<(?:path|str|slug):[a-z_]+>|<[a-z_]+>", "none", filled)
    return "/" + re.sub(r"[\^\$]|\\\.|\(\?P<[a-z_]+>[^)]*\)\??|\.\?|/\?", "", filled)


@pytest.mark.parametrize(("route", "pattern"), ADDRESSES, ids=[route or "(home)" for route, _ in ADDRESSES])
def test_an_address_declares_who_may_open_it(route: str, pattern: URLPattern) -> None:
    assert _access(pattern) is not None, f"Decorate the view of {route!r} with open_to(...) or api_open_to(...)"


@pytest.fixture
def clients(db: None) -> dict[Role | None, Client]:
    """A browser for every role, and one without an account."""
    made: dict[Role | None, Client] = {None: Client(raise_request_exception=False)}
    for role in Role:
        officer = opened_account(
            username=role.value,
            display_name=role.value,
            role=role,
            department_code="market_regulation" if role in DEPARTMENT_ROLES else "",
            at=AT,
        )
        made[role] = Client(raise_request_exception=False)
        made[role].force_login(officer, backend="publiccredit.accounts.backends.OfficerBackend")
    return made


def _refused(response: HttpResponse) -> bool:
    to_log_in = response.status_code == 302 and "/log-in" in response.headers["Location"]
    return to_log_in or response.status_code in (401, 403)


def test_every_address_admits_its_audience_and_refuses_everybody_else(clients: dict[Role | None, Client]) -> None:
    wrong = []
    for route, pattern in ADDRESSES:
        access = _access(pattern)
        assert access is not None
        for role, client in clients.items():
            if str(pattern.name) == "log_out" or (route.startswith("api/") and role is not None):
                continue  # programs come with tokens: tests/flows covers them; logging out would end the walk
            response = client.get(_example(route))
            if response.status_code >= 500:
                wrong.append(f"{route} answers {response.status_code} to {role}")
            elif _refused(response) == access.admits(role):
                wrong.append(f"{route} answers {response.status_code} to {role or 'nobody'}")
    assert wrong == []
