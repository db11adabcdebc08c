"""Taking a request down at the counter, from the telephone, the post or a proxy: the same case on the same clocks."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from publiccredit.accounts.access import SENDERS_AND_OFFICE, actor_of, open_to
from publiccredit.accounts.operations import NotAllowed
from publiccredit.accounts.types import Actor
from publiccredit.casework import operations
from publiccredit.casework.desk import deadline_in_words, party_at_desk
from publiccredit.casework.finding import records_to_ask_about
from publiccredit.casework.letters import department_name
from publiccredit.casework.models import Case
from publiccredit.casework.pages.forms import text_field
from publiccredit.casework.pages.receiving import (
    AUTHORISATION,
    ReceivedForm,
    authorised,
    keep_authorisation,
    received_today,
)
from publiccredit.casework.pages.shared import record_words
from publiccredit.casework.queries import cases_of_record, determined_by
from publiccredit.casework.rules import PARTY_TITLES, grounds_for
from publiccredit.casework.types import UNDECIDED, Applicant, Asked, Channel, PaperIn
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import ConditionName, PaperKind, Party, Procedure, ProcedureName, StepName
from publiccredit.subjects import queries as subjects
from publiccredit.subjects.operations import note_officers_look
from publiccredit.subjects.papers import PaperField
from publiccredit.subjects.queries import Record, record_type_of, repair_opens_on, verify_open


@dataclass(frozen=True)
class Way:
    """A procedure that can be begun here."""

    name: str
    title: str
    url: str


@dataclass(frozen=True)
class FoundRecord:
    """A record that was looked for, as its row in the list names it."""

    record: Record
    words: str


class OpeningForm(ReceivedForm):
    """What the counter writes down: who asks for what, how and when it came."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=100)
    ground = forms.ChoiceField(
        label="理由类别", widget=forms.RadioSelect, error_messages={"required": "请选择一项理由。"}
    )
    request = text_field("请求和理由", help_text="照申请人的原话记录。", missing="请写明请求和理由。")
    party = forms.ChoiceField(label="谁提出", error_messages={"required": "请选择由谁提出。"})
    name = forms.CharField(
        label="申请人名称",
        max_length=200,
        required=False,
        help_text="主体提出的须填写；读者可以不填姓名。认定单位或者信用办主动提出的不填，记本单位的名称。",
    )
    contact = forms.CharField(label="联系方式", max_length=200, required=False, help_text="用于送达，不公开。")
    field_order = ("key", "ground", "request", "party", "name", "contact")

    def __init__(self, *arguments: Any, rules: Procedure, actor: Actor, record: Record | None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        kind = record_type_of(record) if record is not None else None
        # That law excludes a repair is for the decision to say: nobody applies on the ground that it cannot be had.
        offered = [g for g in grounds_for(rules=rules, record_type=kind) if not g.unrepairable]
        grounds = [(g.name, g.title) for g in offered]
        self.fields["ground"].choices = grounds  # type: ignore[attr-defined]
        self.own_names = {
            Party.SOURCE.value: department_name(code=determined_by(record=record) if record else actor.department_code),
            Party.OFFICE.value: catalogue.credit_office().name,
        }
        parties = [p for p in Party if rules.allows(StepName.OPEN, p)]
        if actor.of_department:
            parties = [p for p in parties if p is not Party.OFFICE]
        self.fields["party"].choices = [(p.value, PARTY_TITLES[p]) for p in parties]  # type: ignore[attr-defined]
        if rules.own_finding:
            found = (Channel.OWN_FINDING.value, Channel.OWN_FINDING.label)
            self.fields["channel"].choices = [found, *self.fields["channel"].choices]  # type: ignore[attr-defined]
            self.fields[
                "request"
            ].help_text = "本单位发现的，写明发现了什么、依据哪份文书；代申请人登记的，照申请人的原话记录。"
        self.papers = [p for p in rules.papers if p.name != AUTHORISATION]
        for paper in self.papers:
            self.fields[paper_name(paper)] = PaperField(label=paper.title, required=False, note=_note_of(paper))
        fields_of = _fields(record) if record is not None and rules.marks_dispute else []
        if fields_of:
            self.fields["field"] = forms.ChoiceField(
                label="针对哪个字段", choices=[("", "整条记录"), *fields_of], required=False
            )
        if record is None and not rules.needs_record:
            self.fields["subject_uscc"] = forms.CharField(
                label="申请人的统一社会信用代码", max_length=18, required=False,
                help_text="企业、机构提出的填写，案件在它的“我的信用”里看得到；个人提出的留空。",
            )  # fmt: skip
        if record is None and not rules.needs_record and not actor.of_department:
            choices = [("", "请选择"), *((d.code, d.name) for d in catalogue.departments())]
            self.fields["department"] = forms.ChoiceField(
                label="被投诉单位", choices=choices, error_messages={"required": "请选择被投诉单位。"}
            )

    def clean(self) -> dict[str, Any]:
        """A body that asks of its own accord bears its own name, whatever was typed: its letters go by it."""
        given = super().clean()
        given["name"] = self.own_names.get(given.get("party", "")) or given.get("name", "")
        if not given["name"] and given.get("party") == Party.READER.value:
            given["name"] = PARTY_TITLES[Party.READER]  # nobody has to say who they are
        if given.get("subject_uscc") and given.get("party") != Party.SUBJECT.value:
            self.add_error("subject_uscc", "统一社会信用代码只在信用信息主体提出时填写。请改“谁提出”，或者留空。")
        if not given["name"] and "name" not in self.errors:
            self.add_error("name", "请填写申请人名称。")
        return given


@open_to(SENDERS_AND_OFFICE)
@require_http_methods(["GET", "POST"])
def open_page(request: HttpRequest) -> HttpResponse:
    """Take a request down: first which kind it is, then the form of that kind."""
    actor, today = actor_of(request), timezone.localdate()
    record = _record(request, actor)
    ways = _ways(record, actor, today)
    rules = rules_to_open(name=request.GET.get("procedure", ""), actor=actor, on=today)
    named: dict[str, Any] = {"record": record, "ways": ways, "rules": rules}
    named["words"] = record_words(record) if record else ""
    if rules is None:
        named |= {} if record else _found(request, actor)
        return render(request, "casework/open.html", named)
    if request.method == "POST":
        form = OpeningForm(request.POST, request.FILES, rules=rules, actor=actor, record=record)
        opened = _open(form, actor, rules, record) if form.is_valid() else None
        if opened is not None:
            words = f"已收件，编号 {opened.number}，{deadline_in_words(case=opened, on=today)}。收件回执见下方文书。"
            messages.success(request, words, extra_tags="ended-well")
            return redirect("casework:case", opened.pk)
    else:
        form = OpeningForm(initial=usually_written(record=record, rules=rules), rules=rules, actor=actor, record=record)
    named |= {"form": form, **_before(record, rules, today)}
    return render(request, "casework/open.html", named, status=422 if form.errors else 200)


def _found(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """List the records an applicant's words may mean; that they were looked for stands on each subject's log."""
    text = request.GET.get("q", "").strip()
    found, more = records_to_ask_about(text=text, actor=actor)
    note_officers_look(
        actor=actor, subject_ids=[r.subject_id for r in found], what="登记请求时查找记录", at=timezone.now()
    )
    return {"sought": text, "found": [FoundRecord(record=r, words=record_words(r)) for r in found], "more": more}


def _before(record: Record | None, rules: Procedure, on: date) -> dict[str, Any]:
    """
    Say before the form what else there is: the same under way, or a repair whose day is still to come.

    It is taken down all the same where the applicant insists: who asks in writing is owed a decision in writing.
    """
    if record is None:
        return {}
    under_way = cases_of_record(record_id=record.pk).filter(procedure=rules.name.value, state__in=UNDECIDED)
    waits = any(c.name is ConditionName.MINIMUM_TERM for c in rules.conditions)
    opens_on = repair_opens_on(record=record) if waits else None
    return {"under_way": list(under_way), "opens_on": opens_on if opens_on and opens_on > on else None}


def _record(request: HttpRequest, actor: Actor) -> Record | None:
    """:raises Http404: there is no such record, or another department determined it."""
    text = request.GET.get("record", "")
    if not text:
        return None
    found = record_at_desk(number=int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0, actor=actor)
    if found is None:
        raise Http404
    return found


def record_at_desk(*, number: int, actor: Actor) -> Record | None:
    """
    Give the record a request is about; a department knows those it determined.

    :raises FileClosed: the officer has declared a relation to its subject.
    """
    found = subjects.records().select_related("subject").filter(pk=number).first()
    if found is None or (actor.of_department and determined_by(record=found) != actor.department_code):
        return None
    verify_open(actor=actor, subject_ids=[found.subject_id])
    return found


def rules_to_open(*, name: str, actor: Actor, on: date) -> Procedure | None:
    """Give the rules of a procedure that an officer may begin at the desk, by its name."""
    party = party_at_desk(actor=actor)
    if name not in set(ProcedureName) or party is None:
        return None
    found = catalogue.procedure(name=ProcedureName(name), on=on)
    return found if found.allows(StepName.OPEN, party) else None


def _ways(record: Record | None, actor: Actor, on: date) -> list[Way]:
    found = [rules for name in ProcedureName if (rules := rules_to_open(name=name.value, actor=actor, on=on))]
    about = f"&record={record.pk}" if record else ""
    return [
        Way(rules.name.value, rules.title, f"?procedure={rules.name.value}{about}")
        for rules in found
        if record is not None or not rules.needs_record
    ]


def paper_name(paper: PaperKind) -> str:
    """Give the name of the field for a paper of the procedure."""
    return f"paper_{paper.name}"


def _note_of(paper: PaperKind) -> str:
    needed = "收件时可以暂缺，作出准许请求的决定前须有。" if paper.required and not paper.grounds else ""
    return (f"{paper.note}。" if paper.note else "") + needed


def usually_written(*, record: Record | None, rules: Procedure) -> dict[str, Any]:
    """Give what usually stands in the form: the subject's name where it is the subject that asks."""
    subject = record.subject if record is not None and rules.allows(StepName.OPEN, Party.SUBJECT) else None
    usual = {"key": uuid.uuid4().hex, "name": subject.name if subject else ""} | received_today()
    only_bodies = not any(rules.allows(StepName.OPEN, party) for party in (Party.SUBJECT, Party.READER))
    return usual | ({"channel": Channel.OWN_FINDING.value} if rules.own_finding and only_bodies else {})


def _fields(record: Record) -> list[tuple[str, str]]:
    """Give the fields the subject itself is shown, the empty ones too: what is missing can be contested (DP-22)."""
    return [(field.name, field.title) for field in record_type_of(record).fields if field.disclosed is not None]


def _open(form: OpeningForm, actor: Actor, rules: Procedure, record: Record | None) -> Case | None:
    try:
        with transaction.atomic():
            return open_as_written(
                given=form.cleaned_data,
                by=actor,
                rules=rules,
                record_ids=(record.pk,) if record else (),
                at=timezone.now(),
            )
    except (operations.CaseRefused, NotAllowed) as refusal:
        form.add_error(_field_of(refusal), str(refusal))
        return None


def _field_of(refusal: Exception) -> str | None:
    said = str(refusal)
    if "收件日期" in said:
        return "received_on"
    if "统一社会信用代码" in said:
        return "subject_uscc"
    return "channel" if Channel.OWN_FINDING.label in said else None


def open_as_written(
    *, given: Mapping[str, Any], by: Actor, rules: Procedure, record_ids: tuple[int, ...], at: datetime
) -> Case:
    """Open the case the counter wrote down, with the paper that lets somebody act for its applicant."""
    named = Applicant(party=Party(given["party"]), name=given["name"], contact=given["contact"])
    applicant, content = authorised(applicant=named, given=given)
    asked = Asked(
        ground=given["ground"],
        request=given["request"],
        record_ids=record_ids,
        field=given.get("field", ""),
        department_code=given.get("department", by.department_code),
        subject_uscc=given.get("subject_uscc", ""),
    )
    opened = operations.open_case(
        by=by,
        procedure=rules.name,
        applicant=applicant,
        asked=asked,
        channel=Channel(given["channel"]),
        at=at,
        idempotency_key=f"desk:{by.name}:{given['key']}",
        received_on=given["received_on"],
    )
    keep_authorisation(by=by, case=opened, rules=rules, given=given, content=content, at=at)
    _keep_papers(given, by, opened, rules, at)
    return opened


def _keep_papers(given: Mapping[str, Any], by: Actor, opened: Case, rules: Procedure, at: datetime) -> None:
    """Put what came in the same envelope into the case; a form that is sent twice hands in nothing twice."""
    there = set(opened.papers.values_list("kind", flat=True))
    for paper in rules.papers:
        file = given.get(paper_name(paper))
        if file and paper.name not in there:
            handed = PaperIn(kind=paper.name, file_name=file.name, content=file.read())
            operations.hand_in_paper(by=by, case_id=opened.pk, paper=handed, at=at)
