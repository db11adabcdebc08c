"""Whatever is sent to an address, the answer is one of ours, in the shape its caller knows, and never a failure."""

import pytest
from django.test import Client

from publiccredit.site.api import WORDS

pytestmark = pytest.mark.django_db

NUL = (
    "/subjects/%00/",
    "/departments/%00/",
    "/records/?department=%00&type=%00",
    "/search/?q=%E6%BF%89%E6%BA%AA&after=%00",
    "/api/v1/subjects/%00",
    "/api/v1/search?q=%00%00%00",
    "/api/v1/changes?cursor=%00",
    "/log-in/?next=%00",
)


@pytest.mark.parametrize("address", NUL)
def test_an_address_with_a_nul_is_refused(client: Client, address: str) -> None:
    path, _, query = address.partition("?")
    answer = client.get(path.replace("%00", "\0"), QUERY_STRING=query)
    assert answer.status_code == 400
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("address", ["/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v1/records/1/2"])
def test_an_unknown_address_of_the_interface_is_told_to_a_program(client: Client, address: str) -> None:
    answer = client.get(address)
    told = {"code": "not_found", "message": WORDS[404], "where": []}
    assert (answer.status_code, answer.json()) == (404, told)


def test_another_host_is_refused_in_the_shape_of_the_interface(client: Client) -> None:
    answer = client.get("/api/v1/catalogue", headers={"host": "evil.example"})
    told = answer.json()
    assert (answer.status_code, told["code"], told["where"]) == (400, "unknown_host", [])
    assert "PUBLICCREDIT_HOSTS" in told["message"]


def test_a_failure_is_told_to_a_program_in_its_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("张三 340621199001011234")

    monkeypatch.setattr("publiccredit.disclosure.api.queries.visible_record", fail)
    answer = Client(raise_request_exception=False).get("/api/v1/records/1")
    assert answer.status_code == 500
    assert answer.json()["code"] == "failed"
    assert set(answer.json()) == {"code", "message", "where"}
    assert "340621199001011234" not in answer.content.decode()
