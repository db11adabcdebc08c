"""The public interface: the same facts as the pages, from the same queries, by key and page by page."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from publiccredit.accounts.access import EVERYBODY, api_open_to, asked_of, refusals
from publiccredit.catalogue import queries as packs
from publiccredit.catalogue.types import Audience
from publiccredit.disclosure import queries
from publiccredit.disclosure.api_shapes import (
    CatalogueShape,
    ChangePageShape,
    RecordWithHistoryShape,
    SearchPageShape,
    SubjectFileShape,
)
from publiccredit.disclosure.types import VisibleField, VisibleRecord
from publiccredit.disclosure.words import said_of_days_to_come, withdrawal_reason
from publiccredit.ledger.types import CHINA
from publiccredit.recipients.authentication import RecipientAuthentication, reader_of
from publiccredit.recipients.operations import disclosing
from publiccredit.recipients.types import Handed, Way

NUMBER_BITS = 2**63 - 1
WITH_OR_WITHOUT_TOKEN: Any = [{"recipient_token": []}, {}]
NO_INDEX = {"X-Robots-Tag": "noindex"}  # answers of the interface are for programs, not for search engines (DP-12)


class SearchAsked(serializers.Serializer[Any]):
    q = serializers.CharField(min_length=2, max_length=100, help_text="名称中连续两个字以上、代码、文书号或拼音首字母")
    cursor = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=2000, help_text="上一页的 next_cursor"
    )
    limit = serializers.IntegerField(
        required=False, default=20, min_value=1, max_value=100, help_text="每页多少条，1 至 100；不写：20"
    )


class SubjectAsked(serializers.Serializer[Any]):
    known_on = serializers.DateField(required=False, default=None, help_text="按平台在这一天终了时已知的内容")
    before = serializers.IntegerField(
        required=False, default=None, min_value=1, max_value=NUMBER_BITS, help_text="上一页的 next_before"
    )
    limit = serializers.IntegerField(
        required=False, default=100, min_value=1, max_value=500, help_text="每页多少条，1 至 500；不写：100"
    )


class ChangesAsked(serializers.Serializer[Any]):
    cursor = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=100, help_text="上一次的 next_cursor；空：从头"
    )
    limit = serializers.IntegerField(
        required=False, default=100, min_value=1, max_value=1000, help_text="每页多少条，1 至 1,000；不写：100"
    )


class PublicView(APIView):
    """
    A question anybody may ask, and nobody is asked who they are.

    A recipient may say so. Any token but a recipient's is refused at every question alike, so that nobody takes an
    unnamed reading for a named one.
    """

    authentication_classes: tuple[type[BaseAuthentication], ...] = (RecipientAuthentication,)


class RecordsView(PublicView):
    """
    A question that is answered with records.

    What a recipient who says who it is was given is written down, and it is told when that changes (DP-20).
    """

    def disclosing(self, request: Request) -> AbstractContextManager[Handed]:
        """Write down what is added within, for a reader who said who it is."""
        return disclosing(to=reader_of(request), way=Way.API, at=timezone.now())


@api_open_to(EVERYBODY)
class SearchView(PublicView):
    """Find subjects."""

    @extend_schema(
        operation_id="search",
        auth=WITH_OR_WITHOUT_TOKEN,
        summary="查主体",
        description="完全相同的在前，其次是开头相同，再次是含有；存续的在前。自然人不在其中。",
        parameters=[SearchAsked],
        responses={200: SearchPageShape, **refusals(400, 401)},
    )
    def get(self, request: Request) -> Response:
        asked = asked_of(shape=SearchAsked, request=request)
        try:
            page = queries.search(
                words=asked["q"],
                audience=Audience.PUBLIC,
                on=timezone.localdate(),
                cursor=asked["cursor"],
                limit=asked["limit"],
            )
        except queries.UnableToSearch as error:
            raise ValidationError({"cursor" if "翻页" in str(error) else "q": [str(error)]}) from error
        return Response(asdict(page), headers=NO_INDEX)


@api_open_to(EVERYBODY)
class SubjectView(RecordsView):
    """A subject with its records."""

    @extend_schema(
        operation_id="subject",
        auth=WITH_OR_WITHOUT_TOKEN,
        summary="主体及其记录",
        description="identifier 是统一社会信用代码；没有代码的主体用查询结果中的标识。没有可公开的记录时与不存在相同。",
        parameters=[
            OpenApiParameter(
                "identifier", str, OpenApiParameter.PATH, description="统一社会信用代码，或查询结果中的标识"
            ),
            SubjectAsked,
        ],
        responses={200: SubjectFileShape, **refusals(400, 401, 404)},
    )
    def get(self, request: Request, identifier: str) -> Response:
        asked = asked_of(shape=SubjectAsked, request=request)
        today = timezone.localdate()
        if asked["known_on"] and asked["known_on"] > today:
            raise ValidationError({"known_on": [said_of_days_to_come(day=asked["known_on"])]})
        known = asked["known_on"] if asked["known_on"] and asked["known_on"] < today else None
        with self.disclosing(request) as handed:
            page = queries.subject_page(
                identifier=identifier,
                audience=Audience.PUBLIC,
                on=today,
                as_known_at=_end_of(known) if known else None,
                before_id=asked["before"],
                limit=asked["limit"],
            )
            records = queries.with_own_corrections(records=page.records) if page else ()
            _hand(handed, records)
        if page is None:
            raise Http404
        answer = {
            "subject": asdict(page.subject),
            "known_on": known.isoformat() if known else None,
            "records": [stated(record, page.subject.identifier) for record in records],
            "next_before": page.next_cursor,
        }
        return Response(answer, headers=NO_INDEX)


@api_open_to(EVERYBODY)
class RecordView(RecordsView):
    """One record."""

    @extend_schema(
        operation_id="record",
        auth=WITH_OR_WITHOUT_TOKEN,
        summary="一条记录",
        description="曾经公开、后来撤回的记录以 410 回答，说明何时、为什么撤回。",
        parameters=[
            OpenApiParameter("record_id", int, OpenApiParameter.PATH, description="记录编号，即查询结果中的 id")
        ],
        responses={200: RecordWithHistoryShape, **refusals(401, 404, 410)},
    )
    def get(self, request: Request, record_id: str) -> Response:
        number = int(record_id) if record_id.isascii() and record_id.isdigit() and len(record_id) < 19 else 0
        with self.disclosing(request) as handed:
            found = queries.visible_record(record_id=number, audience=Audience.PUBLIC, on=timezone.localdate())
            _hand(handed, [found] if found else ())
        if found is None:
            raise _gone(number)
        course = queries.courses(records=[found], on=timezone.localdate())[found.id]
        history = [{"on": one.on.isoformat(), "sentence": one.sentence} for one in course.happened]
        answer = stated(course.record, _identifiers([found])[found.id]) | {"history": history}
        return Response(answer, headers=NO_INDEX)


@api_open_to(EVERYBODY)
class CatalogueView(PublicView):
    """What may be held."""

    @extend_schema(
        operation_id="catalogue",
        auth=WITH_OR_WITHOUT_TOKEN,
        summary="信息目录",
        description="目录条目、记录类型及其字段。disclosed 为空的字段从不外传。",
        responses={200: CatalogueShape, **refusals(401)},
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - the framework's signature
        held = packs.packs()
        items = [
            {"edition": e.name, **i.model_dump(mode="json"), "code": f"{e.name}/{i.code}"}
            for e in held.editions
            for i in e.items
        ]
        types = [
            {
                **t.model_dump(mode="json", include={"name", "title", "nature", "standard", "source", "confidence"}),
                "in_force_from": t.in_force_from.isoformat(),
                "in_force_to": t.in_force_to.isoformat() if t.in_force_to else None,
                "fields": [
                    f.model_dump(mode="json", include={"name", "title", "standard", "type", "required", "disclosed"})
                    for f in t.fields
                ],
            }
            for t in held.record_types
        ]
        return Response({"version": held.version, "items": items, "record_types": types})


@api_open_to(EVERYBODY)
class ChangesView(RecordsView):
    """What changed since a cursor."""

    @extend_schema(
        operation_id="changes",
        auth=WITH_OR_WITHOUT_TOKEN,
        summary="变更",
        description=(
            "按提交次序给出变更，每条记录只给现状；"
            "不再公示的以墓碑给出（record 为空，reason 说明原因）。保存 next_cursor，"
            "下次从它续读。complete 为真时已读到最新。收到墓碑后，应当删除所存的副本。"
        ),
        parameters=[ChangesAsked],
        responses={200: ChangePageShape, **refusals(400, 401)},
    )
    def get(self, request: Request) -> Response:
        asked = asked_of(shape=ChangesAsked, request=request)
        try:
            with self.disclosing(request) as handed:
                page = queries.changes(
                    audience=Audience.PUBLIC, on=timezone.localdate(), cursor=asked["cursor"], limit=asked["limit"]
                )
                shown = queries.with_own_corrections(records=[c.record for c in page.changes if c.record])
                _hand(handed, shown)
        except queries.UnableToResume as error:
            raise ValidationError({"cursor": [str(error)]}) from error
        records, identifiers = {record.id: record for record in shown}, _identifiers(shown)
        answer = {
            "changes": [
                {
                    "sequence": change.sequence,
                    "record_id": change.record_id,
                    "record": stated(records[change.record_id], identifiers[change.record_id])
                    if change.record
                    else None,
                    "reason": change.reason,
                }
                for change in page.changes
            ],
            "next_cursor": page.next_cursor,
            "complete": page.complete,
        }
        return Response(answer, headers=NO_INDEX)


class Gone(APIException):
    """A record that was public was withdrawn: never merely hidden (DP-18)."""

    status_code = status.HTTP_410_GONE
    default_code = "withdrawn"


def _gone(record_id: int) -> Exception:
    """Give what stands in the place of a record that is not shown: its withdrawal, or nothing at all."""
    gone = queries.withdrawal(record_id=record_id)
    if gone is None:
        return Http404()
    reason = withdrawal_reason(withdrawn_as=gone.reason, notice=gone.notice)
    return Gone(f"这条记录已于 {gone.withdrawn_on} 撤回：{reason}。请删除所存的副本，不再使用。")


def _hand(handed: Handed, records: Iterable[VisibleRecord]) -> None:
    for record in records:
        handed.add(record_id=record.id, known_from=record.known_from)


def _identifiers(records: Sequence[VisibleRecord]) -> dict[int, str]:
    """Give for each record the identifier of its subject."""
    known = queries.subject_identifiers(subject_ids={record.subject_id for record in records if record.subject_id})
    return {record.id: known.get(record.subject_id or 0, "") for record in records}


def stated(record: VisibleRecord, subject_identifier: str) -> dict[str, Any]:
    """Give a record as the interface states it."""
    return {
        "id": record.id,
        "subject_id": record.subject_id,
        "subject_identifier": subject_identifier,
        "record_type": record.record_type,
        "title": record.title,
        "nature": record.nature.value,
        "item": record.item,
        "source": record.source,
        "department_code": record.department_code,
        "authority_name": record.authority_name,
        "authority_uscc": record.authority_uscc,
        "document_number": record.document_number,
        "document_sha256": record.document_sha256,
        "decided_on": _iso(record.decided_on),
        "served_on": _iso(record.served_on),
        "received_on": _iso(record.received_on),
        "published_on": _iso(record.published_on),
        "working_days_taken": record.working_days_taken,
        "late": record.late,
        "effective_from": _iso(record.effective_from),
        "effective_until": _iso(record.effective_until),
        "severity": record.severity.value if record.severity else None,
        "severity_rule": record.severity_rule,
        "severity_correction": _correction(record),
        "repairable_from": _iso(record.repairable_from),
        "disclosed_until": _iso(record.disclosed_until),
        "dispute": record.dispute.value if record.dispute else None,
        "contested_whole": record.contested.whole,
        "contested_fields": [{"name": f.name, "title": f.title} for f in record.contested.fields],
        "suit_pending": record.suit_pending,
        "statement": record.statement,
        "known_from": record.known_from.isoformat(),
        "known_until": record.known_until.isoformat() if record.known_until else None,
        "fields": [_field(field) for field in record.fields],
    }


def _field(field: VisibleField) -> dict[str, Any]:
    said = field.correction
    corrected = {"on": said.on.isoformat(), "case_number": said.case_number, "reason": said.reason} if said else None
    return {
        "name": field.name,
        "title": field.title,
        "standard": field.standard,
        "value": field.value,
        "amount_fen": field.amount_fen,
        "correction": corrected,
    }


def _correction(record: VisibleRecord) -> dict[str, Any] | None:
    said = record.severity_correction
    return {"on": said.on.isoformat(), "reason": said.reason} if said else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=CHINA) - timedelta(microseconds=1)
