"""The values the gallery of parts is shown with."""

from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace as Row

from django import forms


class GalleryForm(forms.Form):
    file = forms.FileField(label="选择要报送的文件", help_text="xlsx、xls、csv 或 JSON 行，最大 1024 MB。")
    served_on = forms.DateField(label="本批决定书最晚送达日期", help_text="未送达的行政处罚不产生效力，不会公示。")
    verdict = forms.ChoiceField(
        label="判定", choices=[("same", "就是这个主体"), ("new", "新的主体")], widget=forms.RadioSelect
    )
    reason = forms.CharField(label="理由", widget=forms.Textarea, required=False)
    confirmed = forms.BooleanField(label="我已核对上述旧代码确为原证所载")


def values() -> Mapping[str, object]:
    """Give one of everything."""
    form = GalleryForm({"served_on": "2026/13/1"}, {})
    form.is_valid()
    cells = [
        Row(kind="on-time", text="12", url="#", shape=""),
        Row(kind="late", text="3 迟", url="#", shape="waiting"),
        Row(kind="missing", text="未报", url="", shape=""),
        Row(kind="returned", text="8 退", url="#", shape="returned"),
        Row(kind="nothing", text="零报", url="#", shape=""),
    ]
    return {
        "steps": [
            Row(title="作出决定", day=date(2026, 10, 12), note="云岭县市场监督管理局"),
            Row(title="送达", day=date(2026, 10, 14), working_days=2, note="送达声明"),
            Row(title="平台收到", day=date(2026, 10, 27), working_days=9, late=True),
            Row(title="公示", day=date(2026, 10, 27), working_days=0),
            Row(title="公示期满", day=None, note="2027-10-12"),
        ],
        "numbers": [
            Row(title="接受", value="312", unit="行", url="#a", note="已入库并公示"),
            Row(title="退回", value="8", unit="行", url="#b", note="涉及 3 类疑问", kind="adverse"),
            Row(title="已在库", value="40", unit="行", url="#c", note="与之前的报送相同"),
        ],
        "rows": [
            Row(title="行政处罚决定书文号", value="云市监处罚〔2026〕118 号", standard="CF_WSH"),
            Row(
                title="违法事实",
                standard="CF_SY",
                value="当事人于 2026 年 8 月 3 日至 9 月 2 日期间，销售的热轧带肋钢筋经抽样检验，"
                "重量偏差项目不符合国家标准要求，判定为不合格产品。当事人不能提供进货查验记录。",
            ),
            Row(title="罚款金额（万元）", value="1.2 万元（12,000 元）", standard="CF_NR_FK"),
            Row(title="备注", value="", standard="BZ"),
        ],
        "departments": [
            Row(label="税务局", value=99.2, url="#", note="412 件"),
            Row(label="市场监督管理局", value=96.4, url="#", note="1,208 件"),
            Row(label="应急管理局", value=81.0, url="#", note="96 件", adverse=True),
            Row(label="刘桥镇", value=None, note="无报送"),
        ],
        "trend": [
            Row(label=f"2026-{month:02d}", value=value)
            for month, value in enumerate([610, 540, 720, 760, 805, 790, 830, 910, 880, 940], 1)
        ],
        "issues": [
            Row(cell="行政处罚!W12", found="2027/02/30", expected="有效日期，如 2026-10-12"),
            Row(cell="行政处罚!C15", found="91000000MA2NX0001", expected="18 位统一社会信用代码"),
        ],
        "form": form,
        "weeks": ["第41周", "第42周", "第43周", "第44周", "第45周"],
        "board": [Row(name=name, cells=cells) for name in ("市场监督管理局", "应急管理局", "税务局", "刘桥镇")],
    }
