"""How and when a request reached the counter, and who brought it for whom: asked alike of every request."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone

from publiccredit.accounts.types import Actor
from publiccredit.casework import operations
from publiccredit.casework.models import Case
from publiccredit.casework.types import Applicant, Channel, PaperIn
from publiccredit.catalogue.types import Procedure

AT_THE_DESK = (Channel.COUNTER, Channel.PHONE, Channel.POST, Channel.PROXY)
AUTHORISATION = "authorisation"


class ReceivedForm(forms.Form):
    """What the counter writes down of the way in which a request came."""

    channel = forms.ChoiceField(
        label="怎样收到",
        widget=forms.RadioSelect,
        choices=[(c.value, c.label) for c in AT_THE_DESK],
        error_messages={"required": "请选择怎样收到。"},
    )
    received_on = forms.DateField(
        label="收件日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="期限从收到的次日起算，不从录入之日起算。",
        error_messages={"required": "请填写收到的日期。", "invalid": "日期应为 2026-11-03 的样子。"},
    )
    handler_name = forms.CharField(label="受委托的经办人", max_length=64, required=False)
    authorisation = forms.FileField(
        label="授权委托书", required=False, help_text="委托他人办理时必须提交，PDF 或图片。"
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("channel") == Channel.PROXY.value:
            if not given.get("handler_name"):
                self.add_error("handler_name", "委托他人办理的，请填写经办人。")
            if not given.get("authorisation"):
                self.add_error("authorisation", "委托他人办理的，请提交授权委托书。")
        received_on = given.get("received_on")
        if isinstance(received_on, date) and received_on > timezone.localdate():
            self.add_error("received_on", f"收件日期 {received_on} 晚于今天。请填写实际收到的日期。")
        return given


def received_today() -> dict[str, Any]:
    """Give what usually stands in the form."""
    return {"received_on": timezone.localdate().isoformat(), "channel": Channel.COUNTER.value}


def authorised(*, applicant: Applicant, given: Mapping[str, Any]) -> tuple[Applicant, bytes]:
    """Give an applicant with whoever acts for it, and the paper that allows that."""
    signed = given["authorisation"]
    content = signed.read() if signed else b""
    hashed = hashlib.sha256(content).hexdigest() if content else ""
    handler = given["handler_name"]
    return replace(applicant, handler_name=handler, handler_authorisation_sha256=hashed), content


def keep_authorisation(
    *, by: Actor, case: Case, rules: Procedure, given: Mapping[str, Any], content: bytes, at: datetime
) -> None:
    """Put the paper that allows somebody to act for the applicant into the case, once."""
    if content and rules.paper(AUTHORISATION) and not case.papers.filter(kind=AUTHORISATION).exists():
        paper = PaperIn(kind=AUTHORISATION, file_name=given["authorisation"].name, content=content)
        operations.hand_in_paper(by=by, case_id=case.pk, paper=paper, at=at)
