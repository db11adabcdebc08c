"""The same guidance to several applicants at once. A decision is never made for several cases at once (DP-08)."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from publiccredit.accounts.access import OFFICE, actor_of, open_to
from publiccredit.accounts.operations import NotAllowed
from publiccredit.casework import operations
from publiccredit.casework.desk import queue
from publiccredit.casework.models import Case
from publiccredit.casework.operations.guiding import LEAST_WORDS
from publiccredit.casework.pages.shared import rows_of

MOST = 50


class GuidanceForm(forms.Form):
    """What the applicants are told."""

    text = forms.CharField(
        label="指引内容",
        min_length=LEAST_WORDS,
        max_length=2000,
        help_text="写明下一步做什么、去哪里、找谁。每位申请人各得一份，写入各自案件。",
        error_messages={
            "required": "请写明指引的内容。",
            "min_length": f"指引太短。请写明下一步做什么，至少 {LEAST_WORDS} 字。",
        },
        widget=forms.Textarea(attrs={"rows": 6}),
    )


@open_to(OFFICE)
@require_http_methods(["GET", "POST"])
def guidance_page(request: HttpRequest) -> HttpResponse:
    """Write one guidance for the cases chosen, send it to each, and give the letters to print."""
    given = request.POST if request.method == "POST" else request.GET
    chosen = _chosen(request, given)
    form = GuidanceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and chosen and form.is_valid():
        sent, refused = _send(request, chosen, form.cleaned_data["text"])
        for words in refused:
            messages.error(request, words, extra_tags="adverse")
        if sent:
            messages.success(request, f"已向 {len(sent)} 件案件的申请人发出指引。", extra_tags="ended-well")
            query = QueryDict(mutable=True)
            query.setlist("letter", [str(number) for number in sent])
            return redirect(f"{reverse('casework:letters')}?{query.urlencode()}")
    named = {"rows": rows_of(chosen, on=timezone.localdate(), actor=actor_of(request)), "form": form, "most": MOST}
    return render(request, "casework/guidance.html", named, status=422 if form.errors else 200)


def _chosen(request: HttpRequest, given: QueryDict) -> list[Case]:
    numbers = [int(n) for n in given.getlist("case") if n.isascii() and n.isdigit() and len(n) < 19]
    open_ones = queue(name="open", actor=actor_of(request), on=timezone.localdate())
    return list(open_ones.filter(pk__in=numbers).prefetch_related("records__record")[:MOST])


def _send(request: HttpRequest, chosen: list[Case], text: str) -> tuple[list[int], list[str]]:
    """Write to each in a transaction of its own: one that was decided meanwhile keeps no other from its letter."""
    sent, refused = [], []
    for case in chosen:
        try:
            letter = operations.guide_applicant(by=actor_of(request), case_id=case.pk, text=text, at=timezone.now())
        except operations.CaseRefused as refusal:
            refused.append(str(refusal))
        except NotAllowed as refusal:
            refused.append(f"{case.number}：{refusal}")
        else:
            sent.append(letter.pk)
    return sent, refused
