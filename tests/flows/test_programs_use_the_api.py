"""Programs get the same facts as readers of pages, page by page, and refusals that say what would be right."""

import json
from datetime import date

import pytest
from django.db import transaction
from django.test import Client

from publiccredit.ledger.operations import next_entry_id, record_entry
from publiccredit.site.api_description import operations
from publiccredit.subjects.models import Record, Subject
from tests.factories import KNOWN_AT, stored_licence, stored_record, stored_subject

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program", "noon_of_1_june", "a_penalty_and_a_licence")]


def test_a_search_gives_what_leads_to_the_subject_and_that_to_the_record(client: Client, subject: Subject) -> None:
    hits = client.get("/api/v1/search", {"q": "示例"}).json()["hits"]
    assert [(hit["name"], hit["reason"]) for hit in hits] == [(subject.name, "within")]
    file = client.get(f"/api/v1/subjects/{hits[0]['identifier']}").json()
    assert [record["document_number"] for record in file["records"]] == ["濉市监许〔2026〕2号", "濉市监罚〔2026〕1号"]
    record = client.get(f"/api/v1/records/{file['records'][1]['id']}").json()
    assert record.pop("history")
    assert record == file["records"][1]
    assert (record["severity"], record["disclosed_until"], record["late"]) == ("general", "2027-05-20", False)


def test_the_page_and_the_interface_state_the_same_facts(client: Client, subject: Subject) -> None:
    for record_id in Record.objects.values_list("pk", flat=True):
        page = client.get(f"/records/{record_id}/").content.decode()
        stated = client.get(f"/api/v1/records/{record_id}").json()
        for field in stated["fields"]:
            assert field["title"] in page
            assert field["value"] in page
        assert "340621199001011234" not in json.dumps(stated)


def test_a_record_names_its_subject_wherever_it_is_given(client: Client, subject: Subject) -> None:
    unnumbered = stored_subject(number=8, name="濉溪县无代码合作社", uscc=None)
    with transaction.atomic():
        entry_id = next_entry_id()
        filed = [stored_record(subject=s, number=n, entry_id=entry_id).pk for s, n in ((unnumbered, 8), (subject, 9))]
        record_entry(
            actor="li",
            operation="file_submission",
            object_kind="submission",
            object_id=1,
            at=KNOWN_AT,
            entry_id=entry_id,
        )
    wanted = dict(zip(filed, [(unnumbered.pk, f"id-{unnumbered.pk}"), (subject.pk, subject.uscc)], strict=True))
    fed = {change["record_id"]: change["record"] for change in client.get("/api/v1/changes").json()["changes"]}
    assert {pk: (record["subject_id"], record["subject_identifier"]) for pk, record in fed.items()} == wanted
    for pk, said in wanted.items():
        alone = client.get(f"/api/v1/records/{pk}").json()
        assert (alone["subject_id"], alone["subject_identifier"]) == said
        listed = client.get(f"/api/v1/subjects/{alone['subject_identifier']}").json()["records"]
        assert {r["subject_identifier"] for r in listed if r["id"] == pk} == {said[1]}


def test_records_come_page_by_page(client: Client, subject: Subject) -> None:
    first = client.get(f"/api/v1/subjects/{subject.uscc}", {"limit": 1}).json()
    second = client.get(f"/api/v1/subjects/{subject.uscc}", {"limit": 1, "before": first["next_before"]}).json()
    assert [len(first["records"]), len(second["records"]), second["next_before"]] == [1, 1, None]
    assert first["records"][0]["id"] > second["records"][0]["id"]


def test_what_no_calendar_reaches_back_to_is_neither_late_nor_in_time(client: Client) -> None:
    long_ago = stored_licence(
        subject=stored_subject(number=7), number=7, decided_on=date(2003, 3, 3), working_days_taken=None
    )
    answer = client.get(f"/api/v1/records/{long_ago.pk}").json()
    assert (answer["working_days_taken"], answer["late"]) == (None, None)
    assert "没有 2003 年的工作日历，不计用时" in client.get(f"/records/{long_ago.pk}/").content.decode()


def test_what_was_known_on_a_day_is_given(client: Client, subject: Subject) -> None:
    answer = client.get(f"/api/v1/subjects/{subject.uscc}", {"known_on": "2026-05-31"}).json()
    assert (answer["known_on"], answer["records"]) == ("2026-05-31", [])


def test_what_will_be_known_on_a_day_to_come_is_not_given(client: Client, subject: Subject) -> None:
    answer = client.get(f"/api/v1/subjects/{subject.uscc}", {"known_on": "2999-01-01"})
    assert (answer.status_code, answer.json()["where"]) == (400, ["known_on"])
    assert "2999-01-01 还没有到" in answer.json()["message"]


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/api/v1/search", 400, "invalid"),
        ("/api/v1/search?q=信", 400, "invalid"),
        ("/api/v1/search?q=()", 400, "invalid"),
        ("/api/v1/search?q=建材&cursor=x", 400, "invalid"),
        ("/api/v1/search?q=建材&limit=0", 400, "invalid"),
        ("/api/v1/changes?cursor=x", 400, "invalid"),
        ("/api/v1/subjects/none", 404, "not_found"),
        ("/api/v1/subjects/id-99999999999999999999", 404, "not_found"),
        ("/api/v1/records/99999999999999999999999", 404, "not_found"),
    ],
)
def test_a_refusal_has_a_code_a_message_and_a_place(client: Client, address: str, status: int, code: str) -> None:
    response = client.get(address)
    assert response.status_code == status
    answer = response.json()
    assert sorted(answer) == ["code", "message", "where"]
    assert answer["code"] == code
    assert len(answer["message"]) > 5


def test_hidden_and_absent_give_the_same_answer(client: Client, subject: Subject) -> None:
    hidden = stored_record(subject=subject, number=8, state="withdrawn")
    absent = client.get("/api/v1/records/999999999")
    answer = client.get(f"/api/v1/records/{hidden.pk}")
    assert (answer.status_code, answer.content) == (absent.status_code, absent.content) == (404, absent.content)


def test_the_catalogue_says_which_fields_never_leave(client: Client) -> None:
    answer = client.get("/api/v1/catalogue").json()
    penalty = next(t for t in answer["record_types"] if t["name"] == "administrative_penalty")
    kept = [f["name"] for f in penalty["fields"] if f["disclosed"] is None]
    assert "legal_representative_document_number" in kept
    assert "national_2024/3.2" in [i["code"] for i in answer["items"]]


def test_every_question_can_be_tried_from_a_page_without_a_script(client: Client, subject: Subject) -> None:
    page = client.get("/api/").content.decode()
    for address in ("/api/v1/search", "/api/v1/subjects/{identifier}", "/api/v1/changes", "/api/try/subject"):
        assert address in page
    answer = client.get("/api/try/subject", {"identifier": subject.uscc, "limit": "1"})
    assert (answer.status_code, answer.url) == (302, f"/api/v1/subjects/{subject.uscc}?limit=1")
    assert client.get("/api/try/nothing").status_code == 404


def test_the_page_says_what_is_sent_with_a_question_and_in_which_form(client: Client) -> None:
    parts = {o.name: [(part.name, part.required) for part in o.body] for o in operations() if o.body}
    assert parts["send_submission"][0] == ("file", True) and ("overrides", False) in parts["send_submission"]
    assert {name for name, _ in parts["give_adverse_use_notice"]} == {"record_id", "what", "decided_on", "reference"}
    assert parts["acknowledge_notice"] == [("receipt", False)]
    page = client.get("/api/").content.decode()
    for said in ("multipart/form-data", "application/json", "<code>override_reason</code>", "<code>decided_on</code>"):
        assert said in page


def test_answers_ask_search_engines_to_stay_away(client: Client, subject: Subject) -> None:
    assert client.get(f"/api/v1/subjects/{subject.uscc}").headers["X-Robots-Tag"] == "noindex"
