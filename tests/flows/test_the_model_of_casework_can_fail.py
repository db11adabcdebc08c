"""
The machine of casework proves something because it can fail: one rule at a time is broken, and it finds out.

Each break is one that a change of the program could make: an effect left out, a condition forgotten, a trigger dropped.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q

from publiccredit.casework import clocks, correcting, effects, figures, marking, publishing
from publiccredit.casework.models import Decision
from publiccredit.casework.operations import deciding, handling, opening, remarks, sweeping
from publiccredit.catalogue.types import Audience, Effect, Nature, StatisticsPeriod
from publiccredit.disclosure import visibility
from publiccredit.disclosure.pages import subject_page
from publiccredit.recipients import operations as recipients
from publiccredit.recipients.models import AdverseUse
from publiccredit.recipients.operations import using
from publiccredit.site import embedded_postgres
from publiccredit.subjectdesk import operations as desk
from publiccredit.subjectdesk import queries as desk_queries
from publiccredit.subjectdesk.models import Handler
from publiccredit.subjectdesk.operations import proving
from publiccredit.subjects import corrected_rows, filing, looking
from publiccredit.subjects import operations as subjects
from publiccredit.subjects.models import Record
from publiccredit.subjects.types import DisputeStanding
from tests.flows import casework_picture
from tests.flows.casework_invariants import DueProcess
from tests.flows.casework_walk import walk

Break = Callable[[pytest.MonkeyPatch], None]


def _without(effect: Effect) -> Break:
    """Decide, and leave the record as it was."""
    return lambda patch: patch.setitem(effects._EFFECTS, effect, lambda act, decision, record_ids: {})


def _nothing(module: Any, name: str, answer: Any = 0) -> Break:
    return lambda patch: patch.setattr(module, name, lambda *a, **k: answer)


def _shown_before_service(patch: pytest.MonkeyPatch) -> None:
    usual = visibility.visible
    unserved = Q(state="held_unserved")
    patch.setattr(casework_picture, "visible", lambda **asked: usual(**asked) | unserved)


def _shown_after_its_end(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(visibility, "_adverse", lambda name, on, packs: Q(served_on__lte=on, disclosed_from__lte=on))


def _shared_after_its_end(patch: pytest.MonkeyPatch) -> None:
    usual = visibility._of_type

    def longer(name: str, nature: Nature, audience: Audience, on: Any, packs: Any) -> Q:
        public = audience is Audience.PUBLIC or nature is not Nature.ADVERSE
        return usual(name, nature, audience, on, packs) if public else Q(record_type=name, served_on__lte=on)

    patch.setattr(visibility, "_of_type", longer)


def _ended_kept_from_its_subject(patch: pytest.MonkeyPatch) -> None:
    usual = visibility.visible

    def narrower(**asked: Any) -> Q:
        ended = Q(disclosed_until__lte=asked["on"])
        return usual(**asked) & ~ended if asked["audience"] is Audience.SUBJECT else usual(**asked)

    patch.setattr(casework_picture, "visible", narrower)


def _longer_terms(patch: pytest.MonkeyPatch) -> None:
    usual = subjects.correct

    def longer(**asked: Any) -> None:
        until = asked["columns"].get("disclosed_until")
        later = {"disclosed_until": until.replace(year=2031)} if until else {}
        usual(**asked | {"columns": {**asked["columns"], **later}})

    patch.setattr(effects.subjects, "correct", longer)


def _slower_at_the_counter(patch: pytest.MonkeyPatch) -> None:
    usual = clocks.set_due

    def slower(*, case: Any, within: Any = None) -> bool:
        case.total_days += 2 if case.channel == "counter" and case.pk is None else 0
        return usual(case=case, within=within)

    patch.setattr(opening, "set_due", slower)


def _words_cut_short(patch: pytest.MonkeyPatch) -> None:
    usual = subjects.state_on_record
    patch.setattr(
        remarks.subjects, "state_on_record", lambda **said: usual(**said | {"statement": said["statement"][:100]})
    )


def _a_day_longer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(visibility, "in_use", lambda *, on: Q(display_ended_at__isnull=True, suspended_at__isnull=True))


def _told_twice(patch: pytest.MonkeyPatch) -> None:
    usual = recipients.tell

    def twice(*, kinds: Any, cause: Any) -> int:
        from dataclasses import replace

        return usual(kinds=kinds, cause=cause) + usual(kinds=kinds, cause=replace(cause, entry_id=-cause.entry_id))

    patch.setattr(effects, "tell_holders", _telling(twice))


def _telling(tell: Callable[..., int]) -> Callable[..., int]:
    from publiccredit.casework import telling

    usual = telling.tell_holders

    def told(**asked: Any) -> int:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(telling.recipients, "tell", tell)
            return usual(**asked)

    return told


def _told_by_no_department(patch: pytest.MonkeyPatch) -> None:
    usual = effects.tell_holders

    def told(*, case: Any, **asked: Any) -> int:
        return 0 if case.ground == "severity" else usual(case=case, **asked)

    patch.setattr(effects, "tell_holders", told)


def _related_to_nobody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(looking, "closed_files", lambda **asked: frozenset())


def _the_same_approves(patch: pytest.MonkeyPatch) -> None:
    def proposed(case: Any, by: Any) -> Any:
        return Decision.objects.get(case=case, state="proposed")

    patch.setattr(deciding, "_proposed", proposed)


def _lapse_counted_as_in_time(patch: pytest.MonkeyPatch) -> None:
    usual = figures._Found._late_on
    patch.setattr(figures._Found, "_late_on", lambda self, case, on: None if on else usual(self, case, on))


def _told_as_of_today(patch: pytest.MonkeyPatch) -> None:
    usual = figures.catalogue.closed_periods

    def closed(*, since: date, on: date, within: Any) -> Any:
        return (*usual(since=since, on=on, within=within), StatisticsPeriod(on, 3))

    patch.setattr(figures.catalogue, "closed_periods", closed)


def _few_told(patch: pytest.MonkeyPatch) -> None:
    usual = publishing._block

    def block(counted: Any, body: str, period: StatisticsPeriod, cells: int, divided: bool) -> Any:
        return usual(counted, body, replace(period, fewest=1), cells, divided)

    patch.setattr(publishing, "_block", block)


def _whole_record_marked(patch: pytest.MonkeyPatch) -> None:
    usual = subjects.mark_disputed
    patch.setattr(
        marking.subjects, "mark_disputed", lambda **asked: usual(**asked | {"fields": dict.fromkeys(asked["fields"], "")})
    )  # fmt: skip


def _mark_lifted_whole(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(effects, "left_of_dispute", lambda *, record, without: DisputeStanding("", ()))


def _stated_judged_anew(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(correcting, "STATED", frozenset())


def _third_value_taken(patch: pytest.MonkeyPatch) -> None:
    """Hold every row for one that says what it said before: a third value is passed over in silence."""
    patch.setattr(corrected_rows, "_contradicted", lambda row, filing: ())


def _first_value_only(patch: pytest.MonkeyPatch) -> None:
    """Forget what the row said before the case: it goes back as if it said a third thing."""
    usual = corrected_rows._contradicted

    def forgetful(row: Any, filing: Any) -> Any:
        row.corrections = {name: {**said, "before": []} for name, said in row.corrections.items()}
        return usual(row, filing)

    patch.setattr(corrected_rows, "_contradicted", forgetful)


def _no_right_to_object(patch: pytest.MonkeyPatch) -> None:
    usual = using.text_of
    patch.setattr(using, "text_of", lambda **asked: usual(**asked).replace("提出异议", "反映"))


def _a_use_of_what_was_never_given(patch: pytest.MonkeyPatch) -> None:
    def held(recipient_id: int, used: Any) -> Any:
        record = Record.objects.select_related("subject").get(pk=used.record_id)
        return record, record.subject_id, record.known_from

    patch.setattr(using, "_held", held)


def _a_use_kept_from_its_subject(patch: pytest.MonkeyPatch) -> None:
    none = AdverseUse.objects.none()
    patch.setattr(desk_queries.ledger_of_recipients, "adverse_uses_of_subject", lambda *, subject_id: none)


def _an_authorisation_without_end(patch: pytest.MonkeyPatch) -> None:
    for module in (desk_queries, proving):
        patch.setattr(module, "handler_acts", lambda *, handler, on: handler.revoked_at is None)


def _ending_one_writes_the_records_anew(patch: pytest.MonkeyPatch) -> None:
    usual = desk.revoke_handler

    def revoke(**asked: Any) -> None:
        usual(**asked)
        for record in Record.objects.filter(subject_id=asked["visitor"].subject_id):
            record.known_from += timedelta(seconds=1)
            record.save()

    patch.setattr(desk, "revoke_handler", revoke)


def _told_to_everybody_who_acts(patch: pytest.MonkeyPatch) -> None:
    usual = subject_page.answered

    def answered(*asked: Any, **more: Any) -> Any:
        answer = usual(*asked, **more)
        answer.content += str(Handler.objects.count()).encode()
        return answer

    patch.setattr(subject_page, "answered", answered)


BREAKS: dict[str, tuple[Break, str]] = {
    "dp02 shown before it was served": (_shown_before_service, "dp02"),
    "dp07 shown after its end": (_shown_after_its_end, "dp07 dp08 dp09"),
    "dp08 a longer term": (_longer_terms, "dp08"),
    "dp08 a kind corrected without its severity": (_nothing(correcting, "_severity_by_rule", {}), "dp08"),
    "dp08 a stated severity judged anew": (_stated_judged_anew, "dp08 correct_kind"),
    "dp09 shared after its end": (_shared_after_its_end, "dp09"),
    "dp13 an ended record kept from its subject": (_ended_kept_from_its_subject, "dp13"),
    "dp14 no mark on a disputed record": (_nothing(subjects, "mark_disputed"), "dp14"),
    "dp14 a mark that forgets which field": (_whole_record_marked, "dp14"),
    "dp14 a mark that goes with another case's": (_mark_lifted_whole, "decide_objection"),
    "dp14 a mark that is never lifted": (_without(Effect.LIFT_DISPUTE), "dp14"),
    "dp15 no suspension when overdue": (_nothing(sweeping, "_suspend"), "dp07 dp15"),
    "dp15 a suspension that never ends": (_nothing(effects.subjects, "resume_display"), "dp07 dp15"),
    "dp15 steps of the desk that nobody can read": (_nothing(handling, "write_step", None), "every_act"),
    "dp16 a stay that is not carried out": (_without(Effect.STAY), "dp07 dp16"),
    "dp16 a stay that nobody reads": (_a_day_longer, "dp07 dp16"),
    "dp16 a shield that is not carried out": (_without(Effect.SHIELD), "dp07 dp16"),
    "dp16 a suit that is not flagged": (_without(Effect.FLAG_SUIT), "dp16"),
    "dp17 the subject's words cut short": (_words_cut_short, "dp17"),
    "dp18 a decision that does not withdraw": (_without(Effect.WITHDRAW), "dp07 dp10 dp18"),
    "dp19 display kept after repair": (_without(Effect.END_DISCLOSURE), "dp07 dp10 dp19"),
    "dp19 a repair that cannot be undone": (_without(Effect.UNDO_REPAIR), "dp07 dp19"),
    "dp20 nobody is told": (_nothing(effects, "tell_holders"), "dp20"),
    "dp20 everybody is told twice": (_told_twice, "dp20"),
    "dp20 nobody is told of the department's own correction": (_told_by_no_department, "dp20"),
    "dp21 a notice that names no right to object": (_no_right_to_object, "dp21"),
    "dp21 a use of what was never given": (_a_use_of_what_was_never_given, "use_against"),
    "dp21 a use kept from its subject": (_a_use_kept_from_its_subject, "dp21"),
    "dp24 an authorisation that outlasts its period": (_an_authorisation_without_end, "a_handler_comes"),
    "dp24 an authorisation that cannot be ended": (_nothing(desk, "revoke_handler", None), "dp24"),
    "dp24 ending one touches what is on file": (_ending_one_writes_the_records_anew, "dp24"),
    "dp24 everybody sees who has a handler": (_told_to_everybody_who_acts, "dp24"),
    "dp23 a decision without reasons": (_nothing(deciding, "_verify_reasons", None), "somebody_tries_too_much"),
    "dp34 a relation that nobody minds": (_related_to_nobody, "related_one_tries"),
    "dp35 one person does both": (_the_same_approves, "approve"),
    "dp22 slower at the counter": (_slower_at_the_counter, "dp22"),
    "dp36 a letter fewer": (_nothing(deciding.letters, "decision", None), "dp02"),
    "dp36 a row that undoes a correction": (_nothing(filing, "keep_corrections"), "resend"),
    "dp36 a third value passed over": (_third_value_taken, "resend"),
    "dp36 the former value sent back": (_first_value_only, "resend"),
    "dp36 a correction that is not carried out": (_without(Effect.CORRECT), "dp08 dp36"),
    "dp38 told as of today": (_told_as_of_today, "dp38"),
    "dp38 fewer told than may be": (_few_told, "dp38"),
    "dp38 a lapse counted as in time": (_lapse_counted_as_in_time, "dp38"),
}
DROPPED: dict[str, tuple[str, str]] = {
    "dp10 a backup brings back": (
        "DROP TRIGGER casework_guard_record ON subjects_record;"
        " DROP TRIGGER casework_guard_contested ON subjects_record",
        "restore",
    ),
    "dp36 no versions": ("DROP TRIGGER subjects_keep_version ON subjects_record", "resend dp"),
}


def test_every_invariant_has_been_broken() -> None:
    invariants = {name[:4] for name in dir(DueProcess) if name.startswith("dp")}
    assert invariants == {name[:4] for name in (*BREAKS, *DROPPED)}


@pytest.fixture
def unbroken(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The machine takes all of its transaction back itself, so the database of the worker does."""
    with django_db_blocker.unblock():
        yield
        connection.close()
    casework_picture.forget()


def _found() -> set[str]:
    """Walk until something is wrong, and name the rules and invariants it was found in."""
    casework_picture.forget()
    with pytest.raises(BaseException) as caught:  # an assertion, a refusal of the database, or one that did not come
        walk(DueProcess())
    return {frame.name for frame in caught.traceback}


def _named(found: set[str], wanted: str) -> bool:
    return any(name.startswith(tuple(wanted.split())) for name in found)


@pytest.mark.no_cover  # the same walk as the machine's own, which is measured there
@pytest.mark.parametrize("what", BREAKS)
def test_a_broken_rule_is_found(unbroken: None, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    broken, where = BREAKS[what]
    broken(monkeypatch)
    found = _found()
    assert _named(found, where), sorted(found)


@pytest.mark.no_cover  # the same walk as the machine's own, which is measured there
@pytest.mark.parametrize("what", DROPPED)
def test_a_dropped_trigger_is_found(
    fresh_database: str, django_db_blocker: Any, cluster: embedded_postgres.Cluster, what: str
) -> None:
    statement, where = DROPPED[what]
    with cluster.connect(embedded_postgres.OWNER, fresh_database) as owner:
        owner.execute(statement)
    with django_db_blocker.unblock():
        found = _found()
    assert _named(found, where), sorted(found)
