"""What a liaison gives the desk."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings

from publiccredit.catalogue.types import Source
from publiccredit.subjects import papers

Choices = Sequence[tuple[str, str]]
NO_DATE = "请按 2026-11-03 的样子填写日期。"


def _day(label: str, *, required: bool, help_text: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日"],
        error_messages={"invalid": NO_DATE, "required": NO_DATE},
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class ServedOnMixin:
    """A day of service cannot lie ahead."""

    today: date
    cleaned_data: dict[str, Any]

    def clean_served_on(self) -> date | None:
        served_on: date | None = self.cleaned_data["served_on"]
        if served_on and served_on > self.today:
            raise forms.ValidationError(
                f"送达日期 {served_on} 晚于今天 {self.today}。只能声明已经送达的决定；尚未送达的请取出，送达后再报。"
            )
        return served_on


class SubmissionForm(ServedOnMixin, forms.Form):
    """A file, and what only its sender knows about it."""

    file = forms.FileField(
        label="选择或拖入要报送的文件",
        help_text="xlsx、xls、csv 或 JSON 行（jsonl）。模板版本、表头位置、列的顺序自动识别。",
        error_messages={
            "required": "还没有选择文件。请点“选择文件”，或把文件拖到本页。",
            "empty": "这个文件是空的（0 字节）。请检查是否保存成功后重新选择。",
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.json,.jsonl"}),
    )
    source = forms.ChoiceField(label="报送内容", required=False)
    served_on = _day(
        "声明：本批决定书最晚送达日期",
        required=False,
        help_text="只用于行政处罚，且表中没有“送达日期”一列时填写。未送达的处罚不产生效力，先入库待声明，不公示。",
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=100)

    def __init__(self, *args: Any, sources: Sequence[Source], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["source"].choices = [("", "按表头自动识别"), *((s.name, s.title) for s in sources)]  # type: ignore[attr-defined]

    def begin_anew(self, *, key: str) -> None:
        """Let what is sent next from this page be a submission of its own."""
        self.data = {**{name: self.data[name] for name in self.data}, "key": key}

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        limit = settings.UPLOAD_MAX_BYTES
        if file.size > limit:
            raise forms.ValidationError(
                f"文件 {file.size // 2**20} MB，超过 {limit // 2**20} MB。请拆成几个文件分别报送。"
            )
        return file


class ServiceForm(ServedOnMixin, forms.Form):
    """The sender declares that every decision of the submission has been served."""

    served_on = _day("最晚送达日期", required=True, help_text="本批最后一份决定书送达当事人的日期。")
    declared = forms.BooleanField(
        label="本单位声明：本批全部决定书均已依法送达，送达回证可查",
        error_messages={"required": "请勾选声明。不能声明的，请等全部送达后再办。"},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today


class ConfirmIssuesForm(forms.Form):
    """The sender confirms, with a reason, that what looks wrong is right."""

    codes = forms.MultipleChoiceField(
        label="经核对无误的疑问",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    places = forms.MultipleChoiceField(
        label="须逐行确认的疑问",
        required=False,
        help_text="只勾选与决定文书一致的行。没有勾选的仍旧退回。",
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label="理由",
        min_length=5,
        max_length=500,
        help_text="写明核对了什么，如“2001 年旧执照，校验位按原证所载”。理由写入留痕。",
        error_messages={
            "required": "请写明理由，至少 5 个字。",
            "min_length": "理由太短。请写明核对了什么材料，至少 5 个字。",
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, codes: Choices, places: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("codes", codes), ("places", places)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            if not choices:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not self.confirmed(values):
            self.add_error(next(iter(self.fields)), "请至少勾选一项疑问。")
        return values

    @staticmethod
    def confirmed(values: dict[str, Any]) -> list[str]:
        """Give everything ticked: codes for the whole file, and codes at one row."""
        return [*values.get("codes", ()), *values.get("places", ())]


class NilReturnForm(forms.Form):
    """The department decided nothing of these sources in these periods; what lies longer back stands apart."""

    wanted = forms.MultipleChoiceField(
        label="哪一项、哪一期没有产生信息（可以多选）",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "这一期已经报送或不需要报送，请重新选择。"},
    )
    older = forms.MultipleChoiceField(
        label="8 周以前的",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "这一期已经报送或不需要报送，请重新选择。"},
    )
    declared = forms.BooleanField(
        label="本单位声明：所选各期间没有产生所选的信息",
        error_messages={"required": "请勾选声明。"},
    )

    def __init__(self, *args: Any, choices: Choices, older: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, offered in (("wanted", choices), ("older", older)):
            self.fields[name].choices = offered  # type: ignore[attr-defined]
            self.fields[name].optional_words = "至少选一期" if not (choices and older) else "两处至少选一期"  # type: ignore[attr-defined]
            if not offered:
                del self.fields[name]

    def chosen(self) -> list[str]:
        """Give the keys of every period ticked."""
        return [*self.cleaned_data.get("wanted", ()), *self.cleaned_data.get("older", ())]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.chosen():
            self.add_error(next(iter(self.fields)), "请至少选择一期。")
        return values


class DocumentsForm(forms.Form):
    """Decision documents: one with its number, or a zip whose files are named by number."""

    file = forms.FileField(
        label="选择或拖入决定书",
        help_text=f"一份 {papers.ALLOWED}；或者一个 zip，其中每个文件以文书号命名，如“濉市监处罚〔2026〕118号.pdf”。",
        error_messages={"required": "还没有选择文件。", "empty": "这个文件是空的（0 字节）。请重新选择。"},
        widget=forms.FileInput(attrs={"accept": f"{papers.ACCEPT},.zip"}),
    )
    document_number = forms.CharField(
        label="文书号",
        max_length=128,
        required=False,
        help_text="只上传一份、文件又没有以文书号命名时填写；zip 不用填。",
    )
    subject = forms.CharField(
        label="统一社会信用代码",
        max_length=200,
        required=False,
        help_text="这份决定书是谁的。只在一个文书号下有几个主体的记录时需要填写；没有代码的填名称。"
        "zip 中的文件以“文书号_代码”命名，如“濉市监处罚〔2026〕118号_91340621….pdf”。",
    )


class TakeOffForm(forms.Form):
    """Why a decision document is not that of the record it lies on."""

    reason = forms.CharField(
        label="理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="至少 10 个字，如“这是另一个主体的决定书，上传时选错了文件”。留痕，不告知该主体。",
        error_messages={"required": "请写明取下的理由，至少 10 个字。"},
    )
