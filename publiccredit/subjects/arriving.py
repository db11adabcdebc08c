"""
How many working days a decision took to arrive: what its department is measured by (DP-38).

发改办财金〔2018〕424号 gives a decision seven working days from its making until it is public. What is measured
is how long its department took: from the decision's day to the day in China on which the record was first received.
Where a row that is sent again, or a decided case, puts the day of the decision right, the days are counted anew from
the right day to the same first arrival: when a mistake is mended says nothing of how long the decision took.

A decision dated after that first arrival cannot have come with it: it is another one under the same number, such as the
renewal of a licence, and counts to the day on which it was itself sent or stated. The record keeps the day of its first
arrival all the same, and is counted among what arrived then. That a department could date a late decision later is held
against it by the versions of the record, which keep the day it stated first.
"""

from datetime import date, datetime
from typing import Any

from django.db import connection

from publiccredit.catalogue import queries as catalogue
from publiccredit.ledger.types import china_day
from publiccredit.subjects.staging import EXCEPTION_TABLE, ROW_TABLE
from publiccredit.subjects.types import Fate, Filing

_FIRST = "(r.received_at AT TIME ZONE 'Asia/Shanghai')::date"
_COUNTED = "unnest(%(days)s::date[], %(counted)s::int[])"
_COUNT_ANEW = f"""
UPDATE {ROW_TABLE} s SET working_days_taken = anew.days FROM (
    SELECT moved.line, arrived.working_days - decided.working_days AS days
    FROM {EXCEPTION_TABLE} e JOIN subjects_record r ON r.id = e.record_id JOIN {ROW_TABLE} moved USING (line)
    LEFT JOIN {_COUNTED} AS decided (day, working_days) ON decided.day = moved.decided_on
    LEFT JOIN {_COUNTED} AS arrived (day, working_days)
        ON arrived.day = CASE WHEN moved.decided_on <= {_FIRST} THEN {_FIRST} ELSE %(received_on)s END
    WHERE e.fate = '{Fate.CHANGES}' AND moved.decided_on IS DISTINCT FROM r.decided_on
) AS anew WHERE anew.line = s.line
"""


def count_arrivals_anew(*, filing: Filing) -> None:
    """Count the working days of the staged rows that change the day of their decision."""
    index = catalogue.working_day_index()
    values: dict[str, Any] = {
        "days": index["day"].to_list(),
        "counted": index["working_days"].to_list(),
        "received_on": filing.received_on,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_ANEW, values)


def working_days_taken(*, decided_on: date, received_at: datetime, stated_on: date) -> int | None:
    """
    Give the working days of a record whose decision's day was put right on the day ``stated_on``.

    Nothing where a year on the way is not decreed yet: the number would be a guess.
    """
    first = china_day(at=received_at)
    try:
        return catalogue.working_days_between(start=decided_on, end=first if decided_on <= first else stated_on)
    except catalogue.UnknownYear:
        return None
