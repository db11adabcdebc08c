"""The interface is what its description says, and the description is what was agreed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, assume, settings
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from publiccredit.accounts.models import Officer
from publiccredit.accounts.types import Role
from publiccredit.recipients.models import Recipient
from publiccredit.site.api_description import description, operations
from tests.accounts import issued_token, opened_account
from tests.contracts import openapi
from tests.factories import stored_licence, stored_record, stored_subject
from tests.flows.cases import AT
from tests.flows.recipients import registered, token_of

application = get_wsgi_application()
schema = schemathesis.openapi.from_dict(openapi.kept())
PUBLIC = schema.include(path_regex=r"^/api/v1/(search|subjects|records|catalogue|changes|case-statistics)")
OF_SENDERS = schema.include(path_regex=r"^/api/v1/submissions", method="GET")
OF_RECIPIENTS = schema.include(path_regex=r"^/api/v1/notices")


def test_the_description_is_the_one_that_was_agreed() -> None:
    assert description() == openapi.kept(), (
        "The interface has changed. Where that was meant and breaks nobody, write the description anew with"
        " `python -m tests.contracts.openapi` and commit it; a change that breaks a reader needs /api/v2/."
    )


def test_the_description_is_valid_openapi_3_1(client: Client) -> None:
    answer = client.get("/api/schema").json()
    assert answer["openapi"] == "3.1.0"
    validate_schema(answer)


def test_the_description_is_made_without_a_warning() -> None:
    """A name that two shapes claim is settled by a checksum, which would stand in every client made from it."""
    SchemaGenerator().get_schema(request=None, public=True)
    assert {**GENERATOR_STATS._warn_cache, **GENERATOR_STATS._error_cache} == {}


def test_every_operation_says_in_chinese_what_it_is_for() -> None:
    silent = [o.name for o in operations() if not any("\u4e00" <= c <= "\u9fff" for c in o.summary)]
    assert silent == []


def test_what_stands_on_the_page_of_the_interface_is_in_chinese() -> None:
    """A class's docstring, which is for those who read the code, stands there where nothing else is said."""
    said = {f"{o.name} {p.name}": p.meaning for o in operations() for p in o.parameters}
    said |= {o.name: o.description for o in operations()}
    assert [name for name, words in said.items() if not any("\u4e00" <= c <= "\u9fff" for c in words)] == []


def test_every_operation_describes_how_it_refuses() -> None:
    problem = {"$ref": "#/components/schemas/Problem"}
    for path, methods in openapi.kept()["paths"].items():
        for method, stated in methods.items():
            refused = {code: answer for code, answer in stated["responses"].items() if not code.startswith("2")}
            assert "default" in refused, f"{method} {path}: add refusals(...) to its responses"
            shapes = [content["schema"] for answer in refused.values() for content in answer["content"].values()]
            assert shapes == [problem] * len(refused), f"{method} {path}"
    where = openapi.kept()["components"]["schemas"]["Problem"]["properties"]["where"]
    assert (where["type"], where["items"]) == ("array", {"type": "string"})


def test_every_operation_shows_an_answer_of_its_shape() -> None:
    shapes = {"components": description()["components"]}
    for path, methods in description()["paths"].items():
        for method, stated in methods.items():
            for code in (code for code in stated["responses"] if code.startswith("2")):
                content = stated["responses"][code]["content"]["application/json"]
                validator = Draft202012Validator(
                    {**shapes, **content["schema"]}, format_checker=Draft202012Validator.FORMAT_CHECKER
                )
                wrong = [e.message for e in validator.iter_errors(content["example"])]
                assert wrong == [], f"{method} {path} {code}"


def test_every_property_says_in_chinese_what_it_holds() -> None:
    silent = [
        f"{shape}.{name}"
        for shape, described in description()["components"]["schemas"].items()
        for name, stated in described.get("properties", {}).items()
        if not any("\u4e00" <= c <= "\u9fff" for c in stated.get("description", ""))
    ]
    assert silent == []


@pytest.fixture
def county(db: None, as_program: None) -> Iterator[None]:
    """A little on file, and a connection that stays open behind a request, as Django's own test client keeps it."""
    cache.clear()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    subject = stored_subject()
    stored_record(subject=subject, number=1)
    stored_licence(subject=subject, number=2)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def leave_out_what_is_not_given(case: schemathesis.Case) -> None:
    """
    An empty parameter is one that was not given, which a description cannot say.

    tests/flows/test_the_interface_refuses_plainly.py holds it, and that what is sent as an object is refused.
    """
    assume(not any(value in ("", {}, []) for value in (case.query or {}).values()))


@PUBLIC.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_has_the_shape_it_is_described_with(case: schemathesis.Case, county: None) -> None:
    leave_out_what_is_not_given(case)
    with patch("django.utils.timezone.now", return_value=datetime(2026, 6, 1, 4, tzinfo=UTC)):
        # A cursor is text, and text nobody was given is refused: that is the one refusal a schema cannot describe.
        case.call_and_validate(app=application, excluded_checks=[positive_data_acceptance])


@OF_SENDERS.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_to_a_sender_has_the_shape_it_is_described_with(case: schemathesis.Case, county: None) -> None:
    leave_out_what_is_not_given(case)
    officer = Officer.objects.filter(username="sender").first() or opened_account(username="sender", display_name="报送", role=Role.LIAISON,
        department_code="market_regulation", password="long-enough-3819", at=AT,
    )  # fmt: skip
    token = issued_token(officer, name="程序", at=AT)  # fmt: skip
    case.call_and_validate(
        app=application, headers={"Authorization": f"Bearer {token.secret}"}, excluded_checks=[ignored_auth]
    )


@OF_RECIPIENTS.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_to_a_recipient_has_the_shape_it_is_described_with(case: schemathesis.Case, county: None) -> None:
    leave_out_what_is_not_given(case)
    recipient = Recipient.objects.first() or registered()
    case.call_and_validate(
        app=application,
        headers={"Authorization": f"Bearer {token_of(recipient)}"},
        excluded_checks=[ignored_auth, positive_data_acceptance],  # a number of a notice that nobody was sent is none
    )
