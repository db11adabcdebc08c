"""What is asked at every reading is prepared on a connection, and answers by the rows as they are at each asking."""

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publiccredit.catalogue.types import Audience
from publiccredit.disclosure.asking import rows_by_kept_plan, rows_of
from publiccredit.disclosure.search import _BY_INDEX, _WITHIN_NAME, search
from tests.factories import stored_licence, stored_subject

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]
NAMES = "SELECT name FROM subjects_subject WHERE name LIKE '%%' || %(part)s ORDER BY name"


def _times_carried_out() -> dict[str, int]:
    """Give how often each statement the connection keeps was carried out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement, generic_plans + custom_plans FROM pg_prepared_statements")
        return dict(cursor.fetchall())


def test_a_page_and_a_search_ask_again_by_the_plans_they_have() -> None:
    subject = stored_subject(number=1, name="濉溪县信用建材有限公司")
    stored_licence(subject=subject, number=1)
    for _ in range(3):
        assert Client().get(f"/subjects/{subject.uscc}/").status_code == 200
        assert len(search(words="信用建材", audience=Audience.PUBLIC, on=timezone.localdate()).hits) == 1
    kept = _times_carried_out()
    assert [times for statement, times in kept.items() if "md5(s::text)" in statement] == [3]
    assert [times for statement, times in kept.items() if "AS seen" in statement] == [3]
    assert len(kept) == 5  # the stamp; exact answers, beginnings, parts of a name; who of them is visible


def test_a_kept_plan_answers_by_the_rows_as_they_are() -> None:
    stored_subject(number=1, name="甲建材")
    assert rows_by_kept_plan(NAMES, {"part": "建材"}) == [("甲建材",)]
    stored_subject(number=2, name="乙建材")
    assert rows_by_kept_plan(NAMES, {"part": "建材"}) == [("乙建材",), ("甲建材",)]
    assert rows_by_kept_plan(NAMES, {"part": "%'材"}) == []


def test_a_page_is_planned_for_its_values_five_times_and_by_the_kept_plan_then() -> None:
    subject = stored_subject(number=1, name="濉溪县信用建材有限公司")
    stored_licence(subject=subject, number=1)
    for _ in range(8):
        assert Client().get(f"/subjects/{subject.uscc}/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE statement ~ 'md5.s::text'")
        assert cursor.fetchall() == [(5, 3)]


@pytest.mark.parametrize("before", [None, 7])
def test_a_kept_plan_leaves_the_session_as_it_was(before: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.ensure_connection()
    monkeypatch.setattr(connection.connection, "prepare_threshold", before)
    stored_subject(number=1, name="甲建材")
    assert rows_by_kept_plan(NAMES, {"part": "建材"}) == [("甲建材",)]
    assert connection.connection.prepare_threshold == before
    with pytest.raises(ProgrammingError), transaction.atomic():
        rows_by_kept_plan("SELECT nothing_of_the_kind FROM subjects_subject", ())
    assert connection.connection.prepare_threshold == before


def test_a_statement_that_failed_or_was_undone_leaves_the_next_one_unharmed() -> None:
    stored_subject(number=1, name="甲建材")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert rows_by_kept_plan(NAMES, {"part": "甲建材"}) == [("甲建材",)]
        raise ZeroDivisionError
    assert rows_by_kept_plan(NAMES, {"part": "甲建材"}) == [("甲建材",)]


def test_a_statement_by_a_kept_plan_is_counted_like_any_other() -> None:
    with CaptureQueriesContext(connection) as queries:
        rows_by_kept_plan(NAMES, {"part": "建材"})
    assert ["subjects_subject" in query["sql"] for query in queries] == [True]


def test_a_part_of_a_name_cannot_be_looked_up_in_the_rank_order_of_all_names() -> None:
    """The first page begins below every name: the whole index of the rank order lies above it."""
    sql = _BY_INDEX.format(index="search_bigrams(search_name) @> %(pairs)s::text[]", found=_WITHIN_NAME)
    values = {"pairs": ["信用"], "from": "信用", "inactive": False, "id": -1, "limit": 21}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")  # leaves it nothing better
    for planned in (rows_by_kept_plan, rows_of):
        plan = "\n".join(row[0] for row in planned(f"EXPLAIN {sql}", values))
        assert "Index Cond: (ROW(inactive, id)" not in plan
        assert "Filter" in plan
