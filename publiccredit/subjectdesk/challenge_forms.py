"""What a reader types: what is contested, and the number and code by which it is followed."""

from collections.abc import Sequence
from typing import Any

from django import forms

from publiccredit.casework.types import PaperIn
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types import KeptName
from publiccredit.subjectdesk.forms import paper_in
from publiccredit.subjectdesk.operations.challenging import LARGEST_PAPER
from publiccredit.subjects.papers import PaperField

Choices = Sequence[tuple[str, str]]
EVIDENCE = "evidence"


class _AskedByAnybody(forms.Form):
    """What whoever has no account says: on which ground, and, where they wish, how they are reached."""

    NOT_TOLD = ""  # who does not learn how they are reached

    key = forms.CharField(widget=forms.HiddenInput, max_length=200)
    ground = forms.ChoiceField(
        label="属于哪一种", widget=forms.RadioSelect, error_messages={"required": "请选择一种情形。"}
    )
    contact = forms.CharField(
        label="联系方式",
        required=False,
        max_length=100,
        error_messages={"max_length": "不超过 100 字。请删减。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, grounds: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = list(grounds)  # type: ignore[attr-defined]
        days = catalogue.keeping(name=KeptName.READER_CONTACT).days
        self.fields["contact"].help_text = (
            "可以不填。填的应当是电话号码或者电子邮箱，可以附称呼。只有信用办看得到，用于核实时联系您；"
            f"不公开，也不告诉{self.NOT_TOLD}。作出决定或者您撤回后 {days} 天删除。"
        )


class ChallengeForm(_AskedByAnybody):
    """A field of a record, what is wrong with it, and by which source that can be seen."""

    NOT_TOLD = "该主体和报送的部门"
    field_order = ("key", "field", "ground", "wrong", "source", "contact")

    field = forms.ChoiceField(label="哪个字段有误", required=False)
    wrong = forms.CharField(
        label="有什么错误，应当是什么",
        max_length=2000,
        help_text="如“处罚决定书上的罚款金额是 5000 元，这里写成 50000 元”。只写事实，不要写个人信息。",
        error_messages={"required": "请写明有什么错误。", "max_length": "不超过 2000 字。请删减。"},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    source = forms.CharField(
        label="从哪里可以看到",
        max_length=500,
        help_text="如决定文书的文号和页码、机关网站的网址、公告的名称和日期。工作人员据此核实。",
        error_messages={"required": "请写明从哪里可以看到。", "max_length": "不超过 500 字。请删减。"},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, grounds: Choices, fields: Choices, **kwargs: Any) -> None:
        super().__init__(*args, grounds=grounds, **kwargs)
        self.initial.setdefault("ground", grounds[0][0])
        self.fields["field"].choices = [("", "不限于某一字段"), *fields]  # type: ignore[attr-defined]


class ComplaintForm(_AskedByAnybody):
    """Which body is complained of, on which ground, and what happened."""

    NOT_TOLD = "被投诉单位；投诉信用办的，不愿被知道就不要填"
    field_order = ("key", "department", "ground", "request", "contact")

    department = forms.ChoiceField(label="被投诉单位", error_messages={"required": "请选择被投诉单位。"})
    request = forms.CharField(
        label="事情的经过",
        max_length=2000,
        help_text="写明何时、在哪里、发生了什么；对某件案件的办理不满的，写明案件编号。被投诉单位看得到这里写的内容，不要写个人信息。",
        error_messages={"required": "请写明事情的经过。", "max_length": "不超过 2000 字。请删减。"},
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, grounds: Choices, departments: Choices, **kwargs: Any) -> None:
        super().__init__(*args, grounds=grounds, **kwargs)
        self.fields["department"].choices = [("", "请选择"), *departments]  # type: ignore[attr-defined]


class FollowForm(forms.Form):
    """The number and the code of a receipt."""

    number = forms.CharField(
        label="编号", max_length=40, help_text="回执上的编号，如“濉信异〔2026〕13号”；只填两组数字也可以。"
    )
    code = forms.CharField(
        label="查询码",
        max_length=40,
        help_text="四组，每组四位，大小写和横线不论。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class MoreForm(forms.Form):
    """A paper that comes later, or why the outcome is not agreed with."""

    ACTS = ("paper", "review")
    act = forms.ChoiceField(choices=[(act, act) for act in ACTS], widget=forms.HiddenInput)
    request = forms.CharField(
        label="不服的理由",
        max_length=2000,
        error_messages={"required": "请写明不服的理由。"},
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request"].required = self.data.get("act") != "paper"
        self.fields["file"] = PaperField(
            label="证明材料",
            required=self.data.get("act") != "review",
            at_most=LARGEST_PAPER,
        )

    @property
    def is_paper(self) -> bool:
        return bool(self.data.get("act") == "paper")

    @property
    def paper(self) -> PaperIn:
        return paper_in(kind=EVIDENCE, file=self.cleaned_data["file"])
