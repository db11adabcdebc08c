"""An officer's own word that it is related to the subject of a case, and has to stay away from it (DP-34)."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from publiccredit.accounts.access import SENDERS_AND_OFFICE, actor_of, open_to
from publiccredit.casework import operations
from publiccredit.casework.desk import related
from publiccredit.casework.operations.remarks import LEAST_RELATION, LONGEST_RELATION
from publiccredit.casework.pages.shared import case_for, known_case


class RelationForm(forms.Form):
    """Which relation it is."""

    relation = forms.CharField(
        label="是什么关系",
        min_length=LEAST_RELATION,
        max_length=LONGEST_RELATION,
        help_text="例如“配偶任该单位监事”。只供本平台回避之用，不告知申请人；不要写电话和证件号码。",
        error_messages={
            "required": "请写明是什么关系。",
            "min_length": "请写明是什么关系，例如“配偶任该单位监事”。",
            "max_length": f"最多 {LONGEST_RELATION} 字。请删减。",
        },
    )


@open_to(SENDERS_AND_OFFICE)
@require_http_methods(["GET", "POST"])
def relation_page(request: HttpRequest, case_id: int) -> HttpResponse:
    """
    Declare a relation to the subject of a case.

    :raises Http404: there is no such case for this officer, or it is about no subject.
    """
    found, actor = known_case(request, case_id), actor_of(request)
    if found.subject is None or found.subject_id is None:
        raise Http404
    if not (away := related(case=found, actor=actor)):
        case_for(request, case_id)
    form = RelationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.declare_relation(
                by=actor, subject_id=found.subject_id, relation=form.cleaned_data["relation"], at=timezone.now()
            )
        except operations.CaseRefused as refusal:
            form.add_error("relation", str(refusal))
        else:
            words = f"已申报。{found.subject.name}的案件从现在起由其他人员办理。"
            messages.success(request, words, extra_tags="ended-well")
            return redirect("casework:case", found.pk)
    named = {"case": found, "form": form, "related": away}
    return render(request, "casework/relation.html", named, status=422 if form.errors else 200)
