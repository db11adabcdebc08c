"""What holds after every step, one invariant for each rule of due process: its docstring is the rule."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis.stateful import invariant, precondition

from publiccredit.casework.queries import public_figures
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import Audience, Party
from tests.flows.cases import THIRD
from tests.flows.casework_choices import OwnChoices
from tests.flows.casework_model import MONTHS, months_after, published
from tests.flows.casework_picture import AUDIENCES, OTHERS
from tests.flows.casework_rules import RECORDS_AT_MOST

FEWEST = 3  # a walk of fifty steps has few cases
TABLES = {"clocks": 2, "reviews": 3, "records": 2, "taken_back": 1}
(RULE,) = catalogue.packs().statistics_rules
FEW = replace(catalogue.packs(), statistics_rules=(RULE.model_copy(update={"fewest": FEWEST}),))

REPAIR_COLUMNS = ("display_ended_at", "sharing_ended_at", "measures_lifted_at", "ratings_renewed_at")
UNDECIDED = ("opened", "in_hand", "waiting_for_papers", "with_source", "proposed")
BEGUN = precondition(lambda self: bool(getattr(self, "records", None)))


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


class DueProcess(OwnChoices):
    """The machine with its invariants."""

    @BEGUN
    @invariant()
    def dp02_nothing_has_effect_before_it_was_served(self) -> None:
        """No publication earlier than service; a decision of a case takes effect with its letter."""
        picture = self.picture()
        for model in self.records:
            if model.shown_from is None or self.today < model.shown_from:
                for audience in (Audience.PUBLIC, *OTHERS):
                    assert model.id not in picture.seen[audience], model
        with_letter = {letter.case_id for letter in picture.letters if letter.kind == "decision"}
        assert {d.case_id for d in picture.decisions if d.state == "effective"} <= with_letter

    @BEGUN
    @invariant()
    def dp07_a_term_ends_when_it_is_read(self) -> None:
        """Expiry is decided from data and day alone: what the public sees is what the model says, no worker having run."""
        wanted = {model.id for model in self.records if model.shown(self.today)}
        assert self.picture().seen[Audience.PUBLIC] == wanted

    @BEGUN
    @invariant()
    def dp08_no_term_is_longer_than_its_severity_allows(self) -> None:
        """A general failing is shown for at most one year, a serious one for three, from the document's date."""
        picture = self.picture()
        for model in self.records:
            row = picture.records[model.id]
            assert (row.severity, row.disclosed_until) == (model.severity, _text(model.ends_on))
            most = months_after(model.decided_on, MONTHS[model.severity][1])
            if self.today >= most:
                assert model.id not in picture.seen[Audience.PUBLIC]

    @BEGUN
    @invariant()
    def dp09_what_has_ended_is_reached_by_nobody_but_its_subject(self) -> None:
        """An ended record is neither shown nor shared nor used: no audience reaches it but the subject."""
        picture = self.picture()
        for model in self.records:
            if model.shown_from is not None and self.today >= model.ends_on:
                assert [a for a in (Audience.PUBLIC, *OTHERS) if model.id in picture.seen[a]] == []

    @BEGUN
    @invariant()
    def dp10_what_was_ended_does_not_come_back(self) -> None:
        """Removed, repaired, expired: none comes back without another document, or a decision that undoes the repair."""
        picture = self.picture()
        assert len(picture.records) == len(self.records) <= RECORDS_AT_MOST
        for model in self.records:
            assert (picture.records[model.id].state == "withdrawn") == model.withdrawn
            if model.withdrawn or model.repaired or (model.ended_on and model.ended_on <= self.today):
                assert not any(model.id in picture.seen[a] for a in (Audience.PUBLIC, *OTHERS))

    @BEGUN
    @invariant()
    def dp13_the_subject_sees_everything_held(self) -> None:
        """The subject sees every record held about it, whatever became of it, on every day."""
        assert self.picture().seen[Audience.SUBJECT] == {model.id for model in self.records}

    @BEGUN
    @invariant()
    def dp14_a_dispute_is_marked_as_long_as_it_is_open(self) -> None:
        """
        An accepted objection is flagged in the same transaction; the mark stays to the last open one's end.

        It stands on the fields of all open ones together, and on no other; with none open, on those nobody could tell.
        """
        rows = self.picture().records
        assert {m.id: rows[m.id].contested_fields for m in self.records} == {m.id: m.contested for m in self.records}
        assert {m.id: rows[m.id].dispute for m in self.records} == {m.id: m.dispute for m in self.records}

    @BEGUN
    @invariant()
    def dp15_every_case_has_a_clock_and_an_owner_and_lapse_harms_nobody(self) -> None:
        """Every case has its last day and an owner; overdue and undecided, it suspends the display of its records."""
        picture = self.picture()
        for model in self.cases:
            row = picture.cases[model.id]
            assert row.due_on >= row.opened_on and row.owner
            assert (row.state in UNDECIDED) != model.decided
            assert (row.reached_percent == 100) == model.lapsed
        for record in self.records:
            assert (picture.records[record.id].suspended_at is not None) == bool(record.suspended_by), record

    @BEGUN
    @invariant()
    def dp16_a_stay_holds_as_its_order_says(self) -> None:
        """A stay or a shield holds from and to the day of its order; a suit or review pending is flagged."""
        picture = self.picture()
        for model in self.records:
            row = picture.records[model.id]
            assert (row.stayed_from, row.stayed_until) == tuple(map(_text, model.stay or (None, None)))
            assert (row.shielded_from, row.shielded_until) == tuple(map(_text, model.shield or (None, None)))
            assert (row.suit_flagged_at is not None) == model.suit
            if model.set_aside(self.today):
                assert not any(model.id in picture.seen[a] for a in (Audience.PUBLIC, *OTHERS))

    @BEGUN
    @invariant()
    def dp17_the_subject_s_words_travel_with_the_record(self) -> None:
        """The statement is what the subject said last, at most 1,000 characters, through every other change."""
        rows = self.picture().records
        for model in self.records:
            assert rows[model.id].statement == model.statement
            assert len(model.statement) <= 1000

    @BEGUN
    @invariant()
    def dp18_what_is_revoked_is_withdrawn_with_its_reason(self) -> None:
        """Withdrawn in the act that decides it, with time, ground and public words; seen by the subject alone."""
        picture = self.picture()
        for model in self.records:
            row = picture.records[model.id]
            assert bool(row.withdrawn_at) == bool(row.withdrawn_as) == model.withdrawn
            if model.withdrawn:
                assert row.withdrawal_notice
                assert [a for a in AUDIENCES if model.id in picture.seen[a]] == [Audience.SUBJECT]

    @BEGUN
    @invariant()
    def dp19_repair_is_four_effects_or_none(self) -> None:
        """Display, sharing, measures and ratings end in one moment, and as long as the repair stands."""
        picture = self.picture()
        for model in self.records:
            times = {getattr(picture.records[model.id], column) for column in REPAIR_COLUMNS}
            assert len(times) == 1
            assert (times != {None}) == model.repaired
            if model.repaired:
                assert not any(model.id in picture.seen[a] for a in (Audience.PUBLIC, *OTHERS))

    @BEGUN
    @invariant()
    def dp20_whoever_was_given_a_record_is_told_once_of_every_change(self) -> None:
        """Each act that changes a record writes each of its holders one notice, no more and to nobody else."""
        notices = self.picture().notices
        assert Counter((n.record_id, n.recipient_id, n.kind) for n in notices) == Counter(self.told)
        assert len({(n.entry_id, n.record_id, n.recipient_id) for n in notices}) == len(notices)
        before = {n.delivery_id: n.state for n in self.before.notices} if self.before else {}
        assert all(n.state == "confirmed" for n in notices if before.get(n.delivery_id) == "confirmed")

    @BEGUN
    @invariant()
    def dp21_whoever_uses_a_record_against_its_subject_owes_it_a_notice(self) -> None:
        """One notice of each use, naming source, item and rights; the subject finds it at its desk, and nobody edits it."""
        picture, before = self.picture(), self.before
        found = {(u.record_id, u.recipient_id, u.decided_on, u.what): u for u in picture.uses}
        assert found.keys() == self.uses.keys() and len(found) == len(picture.uses)
        for key, wanted in self.uses.items():
            assert [words for words in wanted if words not in found[key].text] == []
        if before is None or (before.uses, before.stands) != (picture.uses, picture.stands):
            now = {m.id: m.change for m in self.records}
            assert self.found_at_its_desk() == {u.id: (u.text, now[u.record_id]) for u in picture.uses}

    @BEGUN
    @invariant()
    def dp22_every_channel_has_the_same_clock(self) -> None:
        """Counter, phone, post and proxy have the days of the page: one last day for one kind of case of one day."""
        days: dict[Any, set[str]] = defaultdict(set)
        for row in self.picture().cases.values():
            forwarded = row.forwarded_at is not None and _china_day(row.forwarded_at) <= row.due_on
            kind = (row.procedure, row.opened_on, forwarded, row.extended_days, row.waited_days)
            days[kind].add(row.due_on)
        assert all(len(found) == 1 for found in days.values()), days

    @BEGUN
    @invariant()
    def dp23_every_decision_has_a_human_and_reasons_of_its_own(self) -> None:
        """Whoever is refused, listed or shown again knows by whom and why; a template left as it is says nothing."""
        picture = self.picture()
        effective = {d.case_id for d in picture.decisions if d.state == "effective"}
        assert effective == {row.id for row in picture.cases.values() if row.state in ("decided", "closed")}
        for decision in picture.decisions:
            assert decision.role in ("liaison", "department_head", "office_clerk", "office_head")
            assert len(decision.reasons) >= 10 and "____" not in decision.reasons

    @BEGUN
    @invariant()
    def dp24_what_a_subject_allows_refuses_or_ends_changes_nothing_else(self) -> None:
        """
        No answer waits for a consent, and an authorisation has its period and rights.

        Whoever gives or ends one is answered, byte by byte, and kept on file as one who never did: no record, clock,
        decision, letter or notice changes with it.
        """
        picture, chosen = self.picture(), self.chosen
        assert picture.seen[Audience.AUTHORISED] == picture.seen[Audience.PUBLIC]
        for kept, model in zip(sorted(picture.handlers, key=lambda h: h.id), self.handlers, strict=True):
            assert (kept.id, kept.begins, kept.until) == (model.id, _text(model.begins), _text(model.until))
            assert (set(kept.rights), kept.revoked_at is not None) == (set(model.rights), model.revoked)
        if chosen is not None:
            self.chosen = None
            for rows in ("records", "cases", "decisions", "notices", "steps", "letters", "uses", "versions", "seen"):
                assert getattr(picture, rows) == getattr(chosen.picture, rows), rows
            assert self.answers() == chosen.answers

    @BEGUN
    @invariant()
    def dp34_nobody_works_on_the_case_of_a_relation(self) -> None:
        """From the declaration of a relation on, the officer takes no step and no part in a decision."""
        picture = self.picture()
        steps = [s for s in picture.steps if s.by == THIRD.name]
        if self.before is not None and self.related_before:
            assert len(steps) == len([s for s in self.before.steps if s.by == THIRD.name])

    @BEGUN
    @invariant()
    def dp35_two_people_decide_what_ends_or_brings_back_consequences(self) -> None:
        """Two people, different accounts; and a review is by somebody else than the first deciders."""
        picture = self.picture()
        people = defaultdict(set)
        for d in picture.decisions:
            people[d.case_id] |= {d.proposed_by_id, d.approved_by_id} - {None} if d.state == "effective" else set()
            assert d.approved_by_id != d.proposed_by_id
            if d.state == "effective" and (d.four_eyes or {"end_disclosure", "undo_repair", "shield"} & set(d.effects)):
                assert d.approved_by_id is not None
        for row in picture.cases.values():
            assert row.reviews_id is None or not people[row.id] & people[row.reviews_id]

    @BEGUN
    @invariant()
    def dp36_nothing_is_deleted_or_edited(self) -> None:
        """Versions, steps, letters and entries only grow; a version reads as it did, a record as it was last decided."""
        picture, before = self.picture(), self.before
        assert picture.ledger[0] == picture.ledger[1]
        assert {m.id: picture.records[m.id].facts for m in self.records} == {m.id: m.facts for m in self.records}
        if before is not None:
            assert before.versions.items() <= picture.versions.items()
            for rows in ("records", "cases", "decisions", "notices", "steps", "letters"):
                assert len(getattr(picture, rows)) >= len(getattr(before, rows)), rows
            assert picture.ledger[0] >= before.ledger[0]

    @BEGUN
    @invariant()
    def dp38_the_desks_are_measured_too(self) -> None:
        """
        What is published of cases is what happened up to the end of the last month, and is the same on all its days.

        No count is between nothing and the fewest, and none differs by so few from the month before.
        """
        stands = (self._stages(self.picture()), self.today.replace(day=1))
        if self.measured == stands:
            return
        self.measured = stands
        years = range(2026, self.today.year + 1)
        asked = [public_figures(year=year, on=self.today, within=FEW) for year in years]
        found = {(f.year, table, p.department_code): (*p.counts, p.undivided)
                 for f in asked for table in TABLES for p in getattr(f, table)}  # fmt: skip
        assert found == published(self.happened_in_cases(), until=self.today, fewest=FEWEST)
        assert all(n == 0 or n >= FEWEST for counts in found.values() for n in counts)
        for day, before in self.publications.items():
            later = found if day <= self.today else before
            assert all(self._told_nothing(one, later.get(key)) for key, one in before.items()), (day, self.today)
        self.publications[self.today.replace(day=1)] = found

    @staticmethod
    def _told_nothing(one: tuple[int, ...], later: tuple[int, ...] | None) -> bool:
        return later is not None and all(b == a or b - a >= FEWEST for a, b in zip(one, later, strict=True))

    @staticmethod
    def _stages(picture: Any) -> dict[int, str]:
        return {row.id: row.state for row in picture.cases.values()}

    def happened_in_cases(self) -> list[tuple[str, str, int, str]]:
        """Of each case the table, body, count and day of what it is measured by, from what the model did with it."""
        picture, told = self.picture(), []
        made = {d.case_id: d for d in picture.decisions if d.state == "effective"}
        for case in self.cases:
            row = picture.cases[case.id]
            body = "credit_office" if case.decided_by is Party.OFFICE else "market_regulation"
            over = row.decided_at or row.taken_back_at
            ended = _china_day(over) if over else "9999-12-31"
            last = row.due_on if case.state != "waiting" or case.decided else "9999-12-30"
            table, late = ("reviews", 2) if case.is_review else ("clocks", 1)
            decided = case.decided and not case.taken_back
            # In a year not yet decreed a last day is not known until then: late is what was decided so.
            if ended > last and row.provisional:
                told += [(table, body, late, ended)] if decided else []
            elif ended > last:
                told.append((table, body, late, (date.fromisoformat(last) + timedelta(days=1)).isoformat()))
            elif decided and case.is_review:
                told.append((table, body, int(made[case.id].outcome == made[row.reviews_id].outcome), ended))
            elif decided:
                told.append((table, body, 0, ended))
            if decided and case.procedure.value in ("objection", "correction", "revocation_or_change"):
                told += self._answered(made[case.id], made.get(row.reviews_id), ended)
            if case.taken_back:
                told.append(("taken_back", body, 0, ended))
        return told

    @staticmethod
    def _answered(decision: Any, first: Any, ended: str) -> list[tuple[str, str, int, str]]:
        """Count whether the record was put right or left; a review that answers as the first did was counted with it."""
        left, *before = (int(not {"correct", "withdraw"} & set(d.effects)) for d in (decision, first) if d is not None)
        return [] if left in before else [("records", "market_regulation", left, ended)]

    @BEGUN
    @invariant()
    def the_views_of_the_database_find_nothing(self) -> None:
        """Every ``v_violation_dp…`` is empty; last, for it keeps the picture the next step is compared with."""
        picture = self.picture()
        assert {number: count for number, count in picture.violations.items() if count} == {}, picture.violations
        self.before, self.related_before, self.whole = picture, self.related, True
        self.steps[-1] += 1


def _china_day(text: str) -> str:
    from datetime import datetime

    return (datetime.fromisoformat(text) + timedelta(hours=8)).date().isoformat()
