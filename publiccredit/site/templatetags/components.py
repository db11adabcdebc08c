"""
The parts pages are made of, as template tags: ``{% load components %}``.

Every part takes plain values (frozen dataclasses, named tuples or mappings with the attributes named here), works
without scripts and styles itself from ``static/site``. ``tests/browser/gallery.html`` shows all of them.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BoundField
from django.forms.widgets import CheckboxInput, CheckboxSelectMultiple, RadioSelect, Textarea
from django.template.defaultfilters import date as date_filter
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from publiccredit.accounts.access import actor_of
from publiccredit.casework import queries as casework
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.types.amounts import in_yuan
from publiccredit.ledger.types import china_day
from publiccredit.site.charts import Bar, Plot, bars_of, plot_of
from publiccredit.subjects.queries import RELATED, RecordColumns, marks_of

register = template.Library()


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(*steps: str) -> dict[str, Any]:
    """``{% breadcrumbs "部门" departments_url "市场监督管理局" %}``: word and address in turn, the page itself last."""
    linked = [{"text": text, "url": url} for text, url in zip(steps[:-1:2], steps[1::2], strict=True)]
    return {"linked": linked, "current": steps[-1]}


@register.inclusion_tag("components/fields.html")
def fields(rows: Iterable[Any], dense: bool = False, *, gathered: bool = False, coded: bool = False) -> dict[str, Any]:
    """
    A record's fields. Each row: ``title``, ``value`` and, where there is one, ``note`` or ``correction``.

    ``gathered`` names the fields without a value in one row at the end, so that those with one are found; not those
    that a correction has emptied. ``coded`` says of each its code in the ``standard``: nobody but who compares it with
    the standard reads that.
    """
    listed: tuple[list[Any], list[Any]] = ([], [])
    for row in rows:
        listed[gathered and not row.value and not getattr(row, "correction", None)].append(row)
    shown, empty = listed
    return {
        "rows": shown,
        "empty": empty,
        "dense": dense,
        "coded": coded,
    }


@register.inclusion_tag("components/timeline.html")
def timeline(steps: Iterable[Any], direction: str = "across") -> dict[str, Any]:
    """
    Decided → served → received → published. Each step: ``title``, ``day`` (empty: not yet), ``note``,
    ``working_days`` since the step before it (empty: not told) and ``late``.
    """
    return {"steps": steps, "direction": direction}


@register.inclusion_tag("components/figures.html")
def figures(items: Iterable[Any]) -> dict[str, Any]:
    """A row of numbers. Each: ``title``, ``value``, ``unit``, ``url`` of the records counted, ``note``, ``kind``."""
    return {"items": items}


@register.inclusion_tag("components/bars.html")
def bar_chart(
    rows: Iterable[Any], caption: str, of: str, measure: str, unit: str = "", target: float | None = None
) -> dict[str, Any]:
    """
    A bar for each row: ``label``, ``value``, ``url``, ``note`` and ``adverse``. The chart is its own table.

    ``of`` heads the column of labels and ``measure`` the column of numbers; a ``target`` is named beside the caption.
    """
    drawn: Sequence[Bar] = bars_of(rows=rows, unit=unit, target=target)
    caption = caption if target is None else f"{caption}，竖线为目标（{target:g}{unit}）"
    return {"bars": drawn, "caption": caption, "of": of, "measure": measure, "unit": unit}


@register.inclusion_tag("components/lines.html")
def line_chart(
    points: Iterable[Any],
    *,
    caption: str,
    of: str,
    measure: str,
    unit: str = "",
    target: float | None = None,
    folded: bool = False,
) -> dict[str, Any]:
    """
    A line through ``points`` (``label``, ``value``, ``url``), with the table of its numbers beside it or folded below.

    The chart is for the eye and the pointer: what it says and where it leads, the table says and leads to, too.
    """
    drawn: Plot = plot_of(points=points, unit=unit, target=target)
    return {"plot": drawn, "caption": caption, "of": of, "measure": measure, "unit": unit, "folded": folded}


@register.inclusion_tag("components/status.html")
def status(kind: str, text: str) -> dict[str, Any]:
    """``kind``: active, adverse, ended-well, waiting, disputed, ended. A shape and a word, so never colour alone."""
    return {"kind": kind, "text": text}


@register.inclusion_tag("components/paginator.html")
def paginator(previous_url: str = "", next_url: str = "") -> dict[str, Any]:
    return {"previous_url": previous_url, "next_url": next_url}


@register.inclusion_tag("components/state.html")
def state(kind: str, title: str, explanation: str = "", url: str = "", action: str = "") -> dict[str, Any]:
    """``kind``: empty, loading, failed, forbidden. What is so, why, and the one thing to do about it."""
    return {"kind": kind, "title": title, "explanation": explanation, "url": url, "action": action}


@register.inclusion_tag("components/progress.html")
def progress(value: int | None, maximum: int | None, text: str, fragment_url: str = "") -> dict[str, Any]:
    """A moving bar. With scripts it fetches ``fragment_url`` again each second; the page itself refreshes without."""
    return {"value": value, "maximum": maximum, "text": text, "fragment_url": fragment_url}


@register.simple_block_tag
def alert(content: str, kind: str = "told", title: str = "") -> SafeString:
    """``{% alert "adverse" "标题" %}…{% endalert %}``; ``kind``: told, adverse, ended-well."""
    role = "alert" if kind == "adverse" else "status"
    head = format_html('<p class="title">{}</p>', title) if title else ""
    return format_html('<div class="alert {}" role="{}">{}{}</div>', kind, role, head, mark_safe(content))  # noqa: S308 - rendered by this template


@register.inclusion_tag("components/form_field.html")
def form_field(field: BoundField) -> dict[str, Any]:
    """A label, what to write, what was wrong with it, the control: joined by aria-describedby."""
    widget = field.field.widget
    help_text = field.help_text
    if isinstance(widget, Textarea) and (most := widget.attrs.pop("maxlength", None)):
        # With it a browser cuts off what is pasted, without a word; the form refuses it and says by how much.
        help_text += "" if f"{most} 字" in help_text else f"最多 {most} 字。"
    described = [f"{field.id_for_label}-help"] if help_text else []
    attributes: dict[str, str | bool] = {}
    if field.errors:
        described.append(f"{field.id_for_label}-errors")
        attributes["aria-invalid"] = "true"
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return {
        "field": field,
        "help_text": help_text,
        "control": field.as_widget(attrs=attributes),
        "grouped": isinstance(widget, (RadioSelect, CheckboxSelectMultiple)),
        "tick": isinstance(widget, CheckboxInput),
        "described": " ".join(described),
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: Any) -> dict[str, Any]:
    """At the head of a refused form: how many things are wrong, each a link to its control."""
    wrong = [{"field": form[name], "errors": errors} for name, errors in form.errors.items() if name in form.fields]
    return {"wrong": wrong, "general": form.non_field_errors(), "count": len(wrong) + len(form.non_field_errors())}


@register.inclusion_tag("components/file_drop.html")
def file_drop(field: BoundField) -> dict[str, Any]:
    described = f"{field.id_for_label}-help" + (f" {field.id_for_label}-errors" if field.errors else "")
    return {"field": field, "control": field.as_widget(attrs={"aria-describedby": described})}


@register.filter
def unbroken(heading: str) -> SafeString:
    """A record's heading, whose document number is read in one piece: 行政处罚 濉市监罚〔2026〕1号."""
    title, _, number = heading.partition(" ")
    return format_html('{} <span class="whole">{}</span>', title, number) if number else format_html("{}", title)


@register.simple_tag
def subject_named(subject: Any, missing: str = "—") -> SafeString:
    """
    A subject in a list of a desk: its name and, since two may bear one name, its identifier beside it.

    ``missing`` is what is said where there is no subject.
    """
    if subject is None:
        return format_html("{}", missing)
    if not subject.uscc:
        return format_html("{}", subject.name)
    return format_html('{} <span class="number whole identifier">{}</span>', subject.name, subject.uscc)


@register.simple_tag(takes_context=True)
def case_subject(context: template.Context, case: Any, missing: str = "不涉及具体主体") -> SafeString:
    """The subject of a case in a list of a desk; to an officer who is related to it, only that it is (DP-34)."""
    request = context["request"]
    closed = getattr(request, "related_subjects", None)
    if closed is None:
        closed = request.related_subjects = casework.related_subjects(account=actor_of(request).name)
    return format_html("{}", RELATED) if case.subject_id in closed else subject_named(case.subject, missing)


@register.filter
def marks(record: RecordColumns) -> tuple[str, ...]:
    """What is in dispute about a row of the record store, for the lists of those who work with it."""
    return marks_of(record)


@register.filter
def day(value: date | datetime | None) -> SafeString:
    """2026-11-03, read in one piece, or a dash where there is none; of an instant, the day in China."""
    if not value:
        return SafeString("—")
    return format_html("<time>{}</time>", (china_day(at=value) if isinstance(value, datetime) else value).isoformat())


@register.filter
def last_day(value: date) -> SafeString:
    """A last day of a clock, with a word where it lies in a year whose working days are not decreed yet."""
    return format_html("{}{}", day(value), "" if catalogue.decreed(day=value) else "（暂定）")


@register.filter(expects_localtime=True)
def moment(at: datetime | None, precision: str = "m") -> SafeString:
    """2026-11-03 10:20, read in one piece; to the second with ``moment:"s"``. Nothing where there is none."""
    written = date_filter(at, "Y-m-d H:i:s" if precision == "s" else "Y-m-d H:i")
    return format_html("<time>{}</time>", written) if written else SafeString()


@register.filter
def percent(share: float | None) -> str:
    """One decimal; a share without a denominator is a dash, never 0 %."""
    return "—" if share is None else f"{share * 100:.1f}%"


@register.filter
def thousands(number: int | None) -> str:
    return "—" if number is None else f"{number:,}"


@register.filter
def yuan(fen: int | None) -> str:
    """Give an amount in both units: 12,000,000 fen reads 12 万元（120,000 元）."""
    return "—" if fen is None else in_yuan(fen)
