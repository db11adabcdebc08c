"""
What a subject may allow, refuse and take back, and who uses a record against it.

No answer of the platform waits for a consent yet. What a subject gives today is an authorisation to a handler, with rights
and a period, and a contact: what it gives, refuses or ends changes what the handler may do, and nothing else (DP-24).
"""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from publiccredit.accounts.operations import NotAllowed, act_as, acting
from publiccredit.accounts.types import PROGRAM
from publiccredit.casework.operations import CaseRefused
from publiccredit.recipients.operations import NeverGiven, UnableToGiveNotice, give_adverse_use_notice
from publiccredit.recipients.types import Identified, Used
from publiccredit.subjectdesk import operations as desk
from publiccredit.subjectdesk import queries
from publiccredit.subjectdesk.types import EVERY_RIGHT, HandlerAsked, Method, Right, Visitor
from tests.flows.cases import CLERK
from tests.flows.casework_desks import Casework
from tests.flows.casework_model import ModelRecord
from tests.flows.casework_picture import Picture
from tests.flows.desks import Pigeon

WHATS = ("未通过供应商资格审查", "不予授信")
GIVEN = (frozenset({Right.SEE}), frozenset({Right.STATE}), frozenset({Right.OBJECT, Right.REPAIR}), EVERY_RIGHT)
HANDLERS_AT_MOST = 4


@dataclass
class ModelHandler:
    """Who acts for the subject, for what and in which days, without a database."""

    id: int
    contact: str
    rights: frozenset[Right]
    begins: date
    until: date
    revoked: bool = False

    def acts(self, on: date) -> bool:
        return not self.revoked and self.begins <= on < self.until


@dataclass
class Chosen:
    """What everybody was answered, and what was on file, before the subject chose."""

    picture: Picture
    answers: list[tuple[int, bytes]] = field(default_factory=list)


class OwnChoices(Casework):
    handlers: list[ModelHandler]
    uses: dict[tuple[int, int, str, str], list[str]]  # record, recipient, day, decision: what the notice says
    chosen: Chosen | None
    measured: Any  # when the figures were looked at last
    publications: dict[date, dict[Any, tuple[int, ...]]]

    def start(self) -> None:
        self.handlers, self.uses, self.chosen, self.contacts = [], {}, None, 0
        self.measured, self.publications = None, {}

    @property
    def visitor(self) -> Visitor:
        """The subject itself at its desk."""
        return Visitor(
            session_id=0, subject_id=self.subject.pk, identifier=self.subject.uscc or "", subject_name=self.subject.name,
            method=Method.LETTER, expires_at=self.now + timedelta(hours=2), rights=EVERY_RIGHT,
        )  # fmt: skip

    # --- who uses a record against its subject ----------------------------------------------------------------------

    @rule(n=st.integers(0, 9), which=st.integers(0, 1), days_ago=st.integers(0, 30), what=st.sampled_from(WHATS))
    def use_against(self, n: int, which: int, days_ago: int, what: str) -> None:
        """A recipient decides something against the subject on the ground of a record, and states it."""
        model, recipient = self.record(n), self.recipients[which]
        decided_on = self.today - timedelta(days=days_ago)
        by = Identified(recipient.pk, None, recipient.name, recipient.purpose)
        used = Used(record_id=model.id, what=what, decided_on=decided_on)
        key = (model.id, recipient.pk, decided_on.isoformat(), what)
        first_on = model.holders.get(recipient.pk)
        if key not in self.uses and (first_on is None or decided_on < first_on):
            with pytest.raises(NeverGiven if first_on is None else UnableToGiveNotice):
                give_adverse_use_notice(by=by, used=used, at=self.now)
            self.note(f"use_against:{'never_given' if first_on is None else 'before_it_was_given'}")
            return
        give_adverse_use_notice(by=by, used=used, at=self.now)
        if key in self.uses:
            self.note("use_against:stated_again")
            return
        self.uses[key] = self._owed(model, recipient.name, what)
        self.note("use_against:stated")

    def _owed(self, model: ModelRecord, recipient: str, what: str) -> list[str]:
        """What the law makes a notice say: who decided what, by which source and item, and the rights there are."""
        marked = {"open": ["异议处理中"], "undetermined": ["异议无法核实"], "": []}[model.dispute]
        changed = f"该记录此后已经{model.change}，请贵单位向{recipient}说明"
        return [
            recipient, what, f"〔2026〕{model.number}号", "濉溪县市场监督管理局报送", "目录条目 3.2",
            "免费取得平台所存本单位全部信息的副本", "提出异议", "不收费", *marked, *([changed] if model.change else []),
        ]  # fmt: skip

    def found_at_its_desk(self) -> dict[int, tuple[str, str]]:
        """What the subject itself is shown of each use: the notice and what became of the record since."""
        with acting(actor=self.visitor.actor):
            return {one.use.pk: (one.use.text, one.change) for one in queries.adverse_uses(visitor=self.visitor)}

    # --- what a subject gives and takes back --------------------------------------------------------------------------

    def before_choosing(self) -> None:
        self.chosen = Chosen(self.picture(), self.answers())

    def answers(self) -> list[tuple[int, bytes]]:
        """What everybody is answered about the subject, byte by byte; by an address whose page is never kept."""
        addresses = [f"/subjects/{self.subject.uscc}/?type=", f"/api/v1/subjects/{self.subject.uscc}"]
        with ExitStack() as patched:
            patched.enter_context(patch("django.utils.timezone.now", return_value=self.now))
            given = [Client().get(address) for address in addresses]
        act_as(actor=PROGRAM)
        return [(answer.status_code, answer.content) for answer in given]  # 404 once nothing of it is visible

    @rule(rights=st.sampled_from(GIVEN), begins=st.integers(-1, 3), days=st.integers(1, 60))
    @precondition(lambda self: len(self.handlers) < HANDLERS_AT_MOST)
    def name_handler(self, rights: frozenset[Right], begins: int, days: int) -> None:
        first, contact = self.today + timedelta(days=begins), f"139{len(self.handlers):08d}"
        until = max(first, self.today) + timedelta(days=days)
        self.before_choosing()
        asked = HandlerAsked("赵六", contact, rights, begins=first, until=until)
        made = desk.name_handler(visitor=self.visitor, asked=asked, at=self.now)
        self.handlers.append(ModelHandler(made.pk, contact, rights | {Right.SEE}, first, until))
        self.note("name_handler")

    @rule(n=st.integers(0, 9))
    @precondition(lambda self: self.handlers)
    def revoke_handler(self, n: int) -> None:
        model = self.handlers[n % len(self.handlers)]
        if model.revoked:
            with pytest.raises(desk.UnableToKeep):
                desk.revoke_handler(visitor=self.visitor, handler_id=model.id, at=self.now)
            self.note("revoke_handler:once_more")
            return
        self.before_choosing()
        desk.revoke_handler(visitor=self.visitor, handler_id=model.id, at=self.now)
        model.revoked = True
        self.note("revoke_handler")

    @rule()
    @precondition(lambda self: self.contacts < 3)
    def register_contact(self) -> None:
        """The subject has its contact kept, or another in its place; it may as well have none."""
        self.before_choosing()
        self.contacts += 1
        desk.register_contact(
            by=CLERK, subject_id=self.subject.pk, name="王五", contact=f"1380000000{self.contacts}",
            evidence="营业执照原件、联系人登记表", at=self.now,
        )  # fmt: skip
        self.note("register_contact")

    @rule(n=st.integers(0, 9), words=st.sampled_from(["已经整改", ""]), revoked_meanwhile=st.booleans())
    @precondition(lambda self: self.handlers)
    def a_handler_comes(self, n: int, words: str, revoked_meanwhile: bool) -> None:
        """A handler proves itself and acts as far and as long as it was authorised, and not a moment longer."""
        self.now += timedelta(hours=3)  # so many codes to one contact, and no more
        model, pigeon = self.handlers[n % len(self.handlers)], Pigeon()
        who: dict[str, Any] = {"identifier": self.subject.uscc or "", "source": "198.51.100.7", "at": self.now}
        desk.request_code(contact=model.contact, messenger=pigeon, **who)
        assert bool(pigeon.carried) == model.acts(self.today)
        if not pigeon.carried:
            self.note("a_handler_comes:too_early_or_too_late")
            return
        secret = desk.enter_code(code=pigeon.code, **who).secret
        visitor = queries.visitor_of(secret=secret, at=self.now)
        assert visitor is not None and (visitor.handler_id, visitor.rights) == (model.id, model.rights)
        self._states(visitor, words)
        if revoked_meanwhile:
            desk.revoke_handler(visitor=self.visitor, handler_id=model.id, at=self.now)
            model.revoked = True
            assert queries.visitor_of(secret=secret, at=self.now) is None
            self.note("a_handler_comes:revoked_meanwhile")

    def _states(self, visitor: Visitor, words: str) -> None:
        model = self.record(0)
        asked: dict[str, Any] = {"record_id": model.id, "statement": words, "at": self.now}
        if Right.STATE not in visitor.rights:
            with pytest.raises(NotAllowed):
                desk.state(visitor=visitor, **asked)
            self.note("a_handler_comes:without_the_right")
            return
        if words == model.statement:
            with pytest.raises(CaseRefused, match="没有变化" if words else "没有声明"):
                desk.state(visitor=visitor, **asked)
            self.note("a_handler_comes:says_nothing_new")
            return
        desk.state(visitor=visitor, **asked)
        model.statement = words
        self.note("a_handler_comes:with_the_right")
