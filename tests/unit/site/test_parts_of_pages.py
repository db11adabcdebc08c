"""What the template parts write."""

from datetime import UTC, date, datetime
from types import SimpleNamespace as Row

import pytest
from django.template import Context, Template

from publiccredit.site.charts import bars_of, ceiling, plot_of
from publiccredit.site.templatetags.components import (
    breadcrumbs,
    day,
    percent,
    subject_named,
    thousands,
    unbroken,
    yuan,
)


@pytest.mark.parametrize(
    ("fen", "written"),
    [
        (None, "—"),
        (0, "0 万元（0 元）"),
        (1, "0.000001 万元（0.01 元）"),
        (120_000_000, "120 万元（1,200,000 元）"),
        (1_234_567, "1.234567 万元（12,345.67 元）"),
        (123_456_700_000_000, "123,456,700 万元（1,234,567,000,000 元）"),
    ],
)
def test_an_amount_is_written_in_both_units(fen: int | None, written: str) -> None:
    assert yuan(fen) == written


def test_a_missing_value_is_a_dash_and_never_nought() -> None:
    assert (day(None), percent(None), thousands(None)) == ("—", "—", "—")


def test_values_are_written_the_chinese_way() -> None:
    assert day(datetime(2026, 11, 2, 16, 30, tzinfo=UTC)) == "<time>2026-11-03</time>"  # half past midnight in China
    assert day(date(2026, 11, 3)) == "<time>2026-11-03</time>"
    assert (percent(0.9544), thousands(12_345)) == ("95.4%", "12,345")


def test_an_instant_is_of_the_day_it_was_in_china() -> None:
    at = datetime(2026, 11, 26, 17, tzinfo=UTC)  # one in the night of the 27th
    assert Template("{% load components %}{{ at|day }}").render(Context({"at": at})) == "<time>2026-11-27</time>"


@pytest.mark.parametrize(
    ("written", "at", "shown"),
    [
        ("moment", datetime(2026, 11, 26, 17, 5, 9, tzinfo=UTC), "<time>2026-11-27 01:05</time>"),
        ('moment:"s"', datetime(2026, 11, 26, 17, 5, 9, tzinfo=UTC), "<time>2026-11-27 01:05:09</time>"),
        ("moment", None, ""),
    ],
)
def test_an_instant_is_written_as_the_clock_in_china_shows_it(written: str, at: datetime | None, shown: str) -> None:
    assert Template(f"{{% load components %}}{{{{ at|{written} }}}}").render(Context({"at": at})) == shown


def test_subjects_of_one_name_are_told_apart_by_their_identifiers() -> None:
    shop = Row(name="示例商店", uscc="91000000000000123L")
    assert subject_named(shop) == '示例商店 <span class="number whole identifier">91000000000000123L</span>'
    assert (subject_named(Row(name="<甲>", uscc=None)), subject_named(None, "待判定")) == ("&lt;甲&gt;", "待判定")


def test_breadcrumbs_pair_words_with_addresses() -> None:
    assert breadcrumbs("部门", "/d/", "税务局") == {"linked": [{"text": "部门", "url": "/d/"}], "current": "税务局"}


def test_bars_of_a_percentage_share_the_scale_of_a_hundred() -> None:
    bars = bars_of(rows=[Row(label="甲", value=50.0), {"label": "乙", "value": None}], unit="%", target=95)
    assert [(b.width, b.shown, b.target) for b in bars] == [("50.00%", "50.0%", "95.00%"), ("0.00%", "—", "95.00%")]


def test_bars_of_a_count_share_the_scale_of_the_longest() -> None:
    bars = bars_of(rows=[Row(label="甲", value=5), Row(label="乙", value=20)], unit="件", target=None)
    assert [(b.width, b.shown) for b in bars] == [("25.00%", "5"), ("100.00%", "20")]


@pytest.mark.parametrize(("value", "top"), [(0, 1), (0.4, 1), (7, 10), (10, 10), (12, 20), (24, 25), (940, 1000)])
def test_a_scale_ends_on_a_round_number_at_or_above_the_highest(value: float, top: float) -> None:
    assert ceiling(value) == top


def test_a_line_runs_from_the_left_edge_to_the_right_one() -> None:
    plot = plot_of(points=[Row(label="1月", value=0), Row(label="2月", value=100)], unit="%", target=50)
    assert (plot.path, plot.target_y, plot.scale) == ("M0.00 100.00L100.00 0.00", "50.00", ("100%", "50%", "0%"))


def test_a_line_without_points_says_so() -> None:
    assert plot_of(points=[], unit="件", target=None).summary == "没有可画的数据"


def test_an_alert_escapes_its_title_and_keeps_its_content() -> None:
    template = Template('{% load components %}{% alert "adverse" title %}<p>{{ text }}</p>{% endalert %}')
    html = template.render(Context({"title": "<b>", "text": "<i>"}))
    assert html == '<div class="alert adverse" role="alert"><p class="title">&lt;b&gt;</p><p>&lt;i&gt;</p></div>'


def test_a_point_leads_where_its_row_in_the_table_leads() -> None:
    template = Template('{% load components %}{% line_chart points caption="按时率" of="月份" measure="件" %}')
    html = template.render(
        Context({"points": [Row(label="1月", value=3, url="/late/?m=1"), Row(label="2月", value=4)]})
    )
    assert html.count('href="/late/?m=1"') == 2
    assert html.count("<a ") == 2
    assert '<a href="/late/?m=1" tabindex="-1">' in html  # by keyboard the table leads there, once


def test_fields_without_a_value_are_named_in_one_row_where_they_are_gathered() -> None:
    rows = [Row(title="文书号", value="1号"), Row(title="备注", value=""), Row(title="摘要", value="")]
    html = Template("{% load components %}{% fields rows gathered=True %}").render(Context({"rows": rows}))
    assert html.count("<dt>") == 2
    assert "备注、摘要" in html
    assert "未填</span>" not in html


def test_a_document_number_stays_in_one_piece() -> None:
    assert unbroken("行政处罚 濉市监罚〔2026〕1号") == '行政处罚 <span class="whole">濉市监罚〔2026〕1号</span>'
    assert unbroken("企业登记注册") == "企业登记注册"
    assert unbroken("<b> <i>") == '&lt;b&gt; <span class="whole">&lt;i&gt;</span>'
