"""The months of records: an index leads to each, and within it to the newest, however many records there are."""

from datetime import date

from django.db.models import DateField, F, Func, Q, Value
from django.db.models.lookups import Exact


class _Month(Func):
    """The first day of a month, by an expression the database may index: it depends on no setting of the session."""

    output_field = DateField()

    def deconstruct(self) -> tuple[str, tuple[object, ...], dict[str, object]]:
        """Give what a migration writes down."""
        return f"{type(self).__module__}.{type(self).__name__}", (F(self.source_expressions[0].name),), {}  # type: ignore[attr-defined]


class MonthOfArrival(_Month):
    """The month, in China, in which a record first arrived."""

    template = "(date_trunc('month', %(expressions)s AT TIME ZONE 'Asia/Shanghai')::date)"


class MonthOfDecision(_Month):
    """The month in which what a record says was decided."""

    template = "(date_trunc('month', %(expressions)s::timestamp)::date)"


def of_months(*, arrived: date | None, decided: date | None) -> Q:
    """Give the condition of records that arrived, and of those decided, in the month that a day begins."""
    condition = Q()
    if arrived is not None:
        condition &= Q(Exact(MonthOfArrival(F("received_at")), Value(arrived.replace(day=1), output_field=DateField())))
    if decided is not None:
        condition &= Q(Exact(MonthOfDecision(F("decided_on")), Value(decided.replace(day=1), output_field=DateField())))
    return condition
