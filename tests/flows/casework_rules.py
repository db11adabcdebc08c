"""What may happen to filed records and to every case: filing, serving, handing over, the clock, the desks, restoring."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from publiccredit.accounts.models import Officer
from publiccredit.accounts.operations import NotAllowed, act_as
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework.models import Case, CaseStep
from publiccredit.casework.operations import (
    UnableToState,
    declare_relation,
    escalate,
    state_on_record,
    take_case,
)
from publiccredit.casework.types import Channel
from publiccredit.catalogue.types import Party, ProcedureName
from publiccredit.disclosure.queries import visible_records
from publiccredit.ledger.models import Entry
from publiccredit.ledger.queries import verify
from publiccredit.recipients import signing
from publiccredit.recipients.models import Notice, Recipient
from publiccredit.recipients.operations import deliver_due, hold_disclosures, record_handovers
from publiccredit.recipients.types import Answer, Outgoing, Version, Way
from publiccredit.subjects.models import Record, RecordVersion, Subject
from publiccredit.subjects.operations import declare_served
from tests.factories import stored_record, stored_subject
from tests.flows import casework_picture
from tests.flows.cases import CLERK, OWNER, THIRD, people, resend
from tests.flows.casework_model import FACTS, MONTHS, SUSPENDS, ModelCase, ModelRecord, months_after
from tests.flows.recipients import registered

START = datetime(2026, 6, 1, 2, tzinfo=UTC)
RECORDS_AT_MOST = 5


class FiledRecords(RuleBasedStateMachine):
    """Records that are filed and filed again while the clock goes on; after every step the platform is compared."""

    happened: ClassVar[Counter[str]] = Counter()
    steps: ClassVar[list[int]] = []  # of each run

    @initialize()
    def begin(self) -> None:
        self.steps.append(0)
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        act_as(actor=PROGRAM)
        if not Officer.objects.filter(username=CLERK.name).exists():  # a database of the machine's own has them already
            people()
        casework_picture.prepare()
        self.subject: Subject = stored_subject()
        self.now = START
        self.worked_at = START
        self.records: list[ModelRecord] = []
        self.cases: list[ModelCase] = []
        self.told: list[tuple[int, int, str]] = []  # record, recipient, kind
        self.related = False
        self.whole = False  # every invariant holds of the last step: a machine that failed is asked nothing more
        self.before: casework_picture.Picture | None = None
        self.picture_at: casework_picture.Picture | None = None
        self.recipients = [registered(n, callback_url="http://127.0.0.1:9/" if n else "") for n in range(2)]
        self.start()
        self.file("general", 20)

    def start(self) -> None:
        """What a part of the machine of its own begins with."""

    def teardown(self) -> None:
        if hasattr(self, "transaction"):
            try:
                if getattr(self, "whole", False):
                    self.every_door_gives_the_same()
                    self.every_act_of_a_case_is_a_step_of_it()
                    connection.check_constraints()
                    assert verify().holds
            finally:
                transaction.set_rollback(True)
                self.transaction.__exit__(None, None, None)

    def every_door_gives_the_same(self) -> None:
        """The condition that was asked after every step is the one the door of disclosure keeps, marks included."""
        for audience in casework_picture.AUDIENCES:
            found = visible_records(audience=audience, on=self.today, subject_id=self.subject.pk)
            assert {r.id for r in found} == self.picture().seen[audience]
            for shown in found:
                model = next(r for r in self.records if r.id == shown.id)
                assert (shown.dispute.value if shown.dispute else "") == model.dispute
                names = [*([""] if shown.contested.whole else []), *sorted(f.name for f in shown.contested.fields)]
                assert names == model.contested
                assert (shown.statement, shown.suit_pending) == (model.statement, model.suit)

    def every_act_of_a_case_is_a_step_of_it(self) -> None:
        """Whoever reads the case reads everything that was done in it."""
        acts = Entry.objects.filter(object_kind="case")
        assert not list(acts.exclude(id__in=CaseStep.objects.values("entry_id")).values_list("operation", flat=True))

    # --- small helpers --------------------------------------------------------------------------------------------

    @property
    def today(self) -> date:
        return (self.now + timedelta(hours=8)).date()

    def note(self, outcome: str) -> None:
        """Count what came of a rule: a machine that never gets somewhere proves nothing about it."""
        self.happened[outcome] += 1
        self.picture_at, self.whole = None, False

    def picture(self) -> casework_picture.Picture:
        if self.picture_at is None:
            self.picture_at = casework_picture.take(on=self.today, worked_at=self.worked_at, last=self.before)
        return self.picture_at

    def record(self, n: int) -> ModelRecord:
        served = [r for r in self.records if r.shown_from is not None]
        return served[n % len(served)]

    def of(self, procedure: ProcedureName, *states: str) -> list[ModelCase]:
        wanted = states or ("in_hand", "waiting", "with_source")
        return [c for c in self.cases
                if c.procedure is procedure and not c.decided and c.proposed is None and c.state in wanted]  # fmt: skip

    def stored(self, model: ModelRecord) -> Record:
        return Record.objects.get(pk=model.id)

    def end(self, case: ModelCase) -> None:
        """A decided case no longer suspends anything."""
        case.decided, case.proposed = True, None
        case.record.suspended_by.discard(case.id)

    def add(self, case: Case, model: ModelRecord, decided_by: Party) -> ModelCase:
        made = ModelCase(case.pk, ProcedureName(case.procedure), model, case.ground, decided_by)
        self.cases.append(made)
        return made

    def tell(self, model: ModelRecord, kind: str) -> None:
        if kind == "corrected" and model.shown_from is not None and model.ends_on <= self.today:
            kind = "ended"  # no day is left on which it could be asked for again
        self.told += [(model.id, holder, kind) for holder in model.holders]

    # --- filing, serving, handing over ----------------------------------------------------------------------------

    @rule(severity=st.sampled_from(["general", "serious"]), days_ago=st.integers(3, 50))
    @precondition(lambda self: len(self.records) < RECORDS_AT_MOST)
    def file(self, severity: str, days_ago: int) -> None:
        decided_on = max(self.today - timedelta(days=days_ago), date(2026, 4, 2))
        served_on = decided_on + timedelta(days=1)
        self._file(severity, decided_on, {"served_on": served_on, "disclosed_from": served_on})
        self.records[-1].served_on = self.records[-1].shown_from = served_on
        self.note("file")

    @rule(severity=st.sampled_from(["general", "serious"]), days_ago=st.integers(3, 50))
    @precondition(lambda self: len(self.records) < RECORDS_AT_MOST)
    def file_unserved(self, severity: str, days_ago: int) -> None:
        decided_on = max(self.today - timedelta(days=days_ago), date(2026, 4, 2))
        self._file(severity, decided_on, {"served_on": None, "disclosed_from": None, "state": "held_unserved"})
        self.note("file_unserved")

    def _file(self, severity: str, decided_on: date, columns: dict[str, Any]) -> None:
        least, most = MONTHS[severity]
        number = len(self.records) + 1
        row = stored_record(
            subject=self.subject,
            number=number,
            decided_on=decided_on,
            severity=severity,
            repairable_from=months_after(decided_on, least),
            disclosed_until=months_after(decided_on, most),
            known_from=self.now,
            submission_id=1000 + number,
            **columns,
        )
        self.records.append(ModelRecord(row.pk, number, decided_on, None, severity))

    @rule(days=st.integers(0, 3))
    @precondition(lambda self: any(r.shown_from is None for r in self.records))
    def publish(self, days: int) -> None:
        """Declare the service of a decision: what waited for it is public from this day on."""
        model = next(r for r in self.records if r.shown_from is None)
        served_on = model.decided_on + timedelta(days=days)
        released = declare_served(
            submission_id=1000 + model.number, served_on=served_on, served_field="served_on", at=self.now, entry_id=1
        )
        assert released == 1
        model.served_on, model.shown_from = served_on, max(served_on, self.today)
        model.released_on = model.shown_from
        self.note("publish")

    @rule(n=st.integers(0, 9), fine=st.sampled_from([None, 777]), facts=st.sampled_from(FACTS))
    def resend(self, n: int, fine: int | None, facts: str) -> None:
        model = self.record(n)
        before = RecordVersion.objects.filter(record_id=model.id).count()
        wanted = model.sent_again(fine, facts, self.today)
        other = {"facts": facts} if facts != FACTS[0] else {}
        assert resend(self.stored(model), fine_fen=fine, at=self.now, **other) == wanted
        # A severity that a case decided stays, for the row states no other than before.
        versions = RecordVersion.objects.filter(record_id=model.id).count() - before
        assert versions == (1 if wanted == "changes" else 0)
        self.note(f"resend:{wanted}")

    @rule(n=st.integers(0, 9), which=st.integers(0, 1))
    def hand_over(self, n: int, which: int) -> None:
        model = self.record(n)
        version = Version(model.id, self.stored(model).known_from)
        with transaction.atomic():
            hold_disclosures()
            record_handovers(recipient_id=self.recipients[which].pk, purpose="供应商资格审查", way=Way.REPORT,
                             versions=[version], at=self.now)  # fmt: skip
        model.holders.setdefault(self.recipients[which].pk, self.today)
        self.note("hand_over")

    @rule(n=st.integers(0, 9), length=st.sampled_from([0, 12, 1000, 1001]), by_stranger=st.booleans())
    def state(self, n: int, length: int, by_stranger: bool) -> None:
        model = self.record(n)
        words = {"record_id": model.id, "statement": "言" * length, "at": self.now}
        if by_stranger or length > 1000 or words["statement"] == model.statement:
            with pytest.raises(UnableToState):
                state_on_record(by=OWNER, subject_id=self.subject.pk + (1 if by_stranger else 0), **words)
            self.note("state:refused")
            return
        state_on_record(by=OWNER, subject_id=self.subject.pk, **words)
        model.statement = words["statement"]
        self.note("state")

    @rule(n=st.integers(0, 9))
    def restore(self, n: int) -> None:
        """Write an old version back over its record, as a backup would: what was ended since does not come back."""
        model = self.record(n)
        first = RecordVersion.objects.filter(record_id=model.id, state="filed").order_by("known_from").first()
        widens = (
            model.repaired or model.withdrawn or model.suspended_by or model.stay or model.shield or model.dispute
            or model.suit or model.corrected_by_case
        )  # fmt: skip
        if first is None or not widens:
            return
        columns = [f.attname for f in Record._meta.local_fields if f.attname not in ("id", "known_from", "entry_id")]
        values = {c: getattr(first, c) for c in columns}
        refused = pytest.raises(DatabaseError, match=r"never comes back|only by a (decision|decided case)")
        with refused, transaction.atomic():
            Record.objects.filter(pk=model.id).update(**values, known_from=self.now + timedelta(days=9000))
        self.note("restore:refused")

    # --- the clock and the worker ---------------------------------------------------------------------------------

    @rule(days=st.one_of(st.integers(0, 5), st.integers(0, 60)), hours=st.integers(0, 23))
    def tick(self, days: int, hours: int) -> None:
        self.now += timedelta(days=days, hours=hours)
        self.note("tick")

    @rule()
    def tick_to_the_next_end(self) -> None:
        """Go to the day on which the next term ends, stay, shield or publication begins or is over."""
        days = [d for r in self.records for d in (r.shown_from, r.ends_on, *(r.stay or ()), *(r.shield or ()))]
        coming = sorted(d for d in days if d is not None and d > self.today)
        if coming:
            self.now = datetime(coming[0].year, coming[0].month, coming[0].day, tzinfo=UTC) - timedelta(hours=8)
            self.note("tick_to_the_next_end")

    @rule(answers=st.lists(st.sampled_from(["receipt", "taken", "refused"]), min_size=4, max_size=4))
    def work(self, answers: list[str]) -> None:
        """Let the workers have their turn: clocks are looked at, and notices delivered as far as somebody answers."""
        escalate(at=self.now)
        rows = {c.pk: c for c in Case.objects.all()}
        for case in self.cases:
            row = rows[case.id]
            if case.state == "waiting" and row.state == "in_hand":
                case.state = "in_hand"
                self.note("work:papers_not_handed_in")
            if case.decided or case.lapsed:
                continue
            overdue = (row.waiting_since if case.state == "waiting" else self.today) > row.due_on
            assert (row.reached_percent == 100) == overdue, f"{case} {row.due_on} {self.today}"
            if overdue:
                case.lapsed = True
                self.note("work:lapsed")
                if case.procedure in SUSPENDS:
                    case.record.suspended_by.add(case.id)
        self._deliver(answers)
        self.worked_at = self.now
        self.note("work")

    def _deliver(self, answers: list[str]) -> None:
        notices = list(Notice.objects.order_by("pk"))
        keys = {str(n.delivery_id): n.recipient_id for n in notices}
        # By their order and not by their numbers, which differ with every database: a run answers the same twice.
        places = {str(n.delivery_id): place for place, n in enumerate(notices)}
        known = Recipient.objects.in_bulk()

        def send(outgoing: Outgoing) -> Answer:
            number = outgoing.headers["webhook-id"]
            answer = answers[places[number] % len(answers)]
            if answer == "refused":
                return Answer(503)
            recipient = known[keys[number]]
            key = signing.key_of(recipient_id=recipient.pk, key_number=recipient.key_number)
            text = signing.receipt(key=key, delivery_id=number, body=outgoing.body) if answer == "receipt" else ""
            return Answer(200, text)

        done = deliver_due(now=lambda: self.now, send=send, chance=lambda: 0.5)
        for outcome in ("confirmed", "unconfirmed", "failed", "escalated"):
            if getattr(done, outcome):
                self.note(f"work:notice_{outcome}")

    # --- relations ------------------------------------------------------------------------------------------------

    @rule(declares=st.booleans())
    def related_one_tries(self, declares: bool) -> None:
        """An officer takes a case of the subject; once a relation is declared, none."""
        if declares and not self.related:
            declare_relation(by=THIRD, subject_id=self.subject.pk, relation="配偶", at=self.now)
            self.related = True
            self.note("relation:declared")
        undecided = [c for c in self.cases if not c.decided and c.decided_by is Party.SOURCE]
        if not undecided:
            return
        if not self.related:
            take_case(by=THIRD, case_id=undecided[0].id, at=self.now)
            self.note("relation:none")
            return
        with pytest.raises(NotAllowed):
            take_case(by=THIRD, case_id=undecided[0].id, at=self.now)
        self.note("relation:refused")


CHANNELS = st.sampled_from([Channel.ONLINE, Channel.COUNTER, Channel.PHONE, Channel.POST, Channel.PROXY])
