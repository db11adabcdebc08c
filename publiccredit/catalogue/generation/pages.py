"""The catalogue as pages to read: record types, sources, forms, code tables, departments, calendars, terms."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

from publiccredit.catalogue.generation.templates import TYPE_WORDS, requirement
from publiccredit.catalogue.types import (
    CONFIDENCE_TITLES,
    CodeTable,
    Confidence,
    Form,
    IssueSeverity,
    Packs,
    RecordType,
    RequiredWhen,
    SeverityClassification,
    SeverityRule,
    Source,
)

GENERATED = "<!-- 由 python manage.py generate_docs 依 packs/ 生成，请勿手改。 -->\n\n"
CONFIDENCE_LEGEND = "可信度：V 读过原文；V2 见于转述；C 见于实际系统；K 常识，待与原文核对。\n"
AUDIENCES = {
    "public": "公开",
    "authorised": "授权查询",
    "government": "政务共享",
    "subject": "仅主体本人",
    None: "不外传",
}
CHECKS = Path(__file__).resolve().parents[2] / "intake" / "checks"
SLOT = re.compile(r"\{\w+\}")
SEVERITIES = {"slight": "轻微", "general": "一般", "serious": "严重"}


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """This will give a Markdown table."""
    head = list(header)
    lines = [head, ["---"] * len(head), *([_cell(c) for c in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) + "\n"


def _cell(value: object) -> str:
    return str("" if value is None else value).replace("|", "\\|").replace("\n", " ")


def page_files(packs: Packs) -> dict[str, str]:
    """This will give every page of the catalogue by its path below the repository."""
    pages = {"docs/catalogue/index.md": _index(packs)}
    for record_type in packs.record_types:
        pages[f"docs/catalogue/record_types/{record_type.name}.md"] = _record_type(record_type, packs)
    for source in packs.sources:
        pages[f"docs/catalogue/sources/{source.name.replace('/', '-')}.md"] = _source(source, packs)
    pages["docs/catalogue/codes.md"] = _codes(packs.code_tables)
    pages["docs/catalogue/departments.md"] = _departments(packs)
    pages["docs/catalogue/disclosure.md"] = _disclosure(packs)
    pages["docs/catalogue/calendars.md"] = _calendars(packs)
    pages["docs/glossary.md"] = _glossary(packs)
    pages["docs/guide/issues.md"] = _issues(packs)
    return {path: GENERATED + text.rstrip("\n") + "\n" for path, text in pages.items()}


def _index(packs: Packs) -> str:
    text = "# 目录\n\n" + CONFIDENCE_LEGEND + "\n"
    for edition in packs.editions:
        text += (
            f"## {edition.title}\n\n{edition.issuer}。自 {edition.in_force_from} 起。（{edition.confidence.value}）\n\n"
        )
        text += table(["类别", "名称", "可信度"], ((c.code, c.title, c.confidence.value) for c in edition.categories))
        text += table(
            ["条目", "名称", "公开方式", "提供单位", "保留", "更新", "依据", "可信度"],
            (
                (
                    i.code,
                    i.title,
                    AUDIENCES[i.openness.value],
                    i.providers,
                    i.retention,
                    i.update,
                    i.basis,
                    i.confidence.value,
                )
                for i in edition.items
            ),
        )
    text += "## 记录类型\n\n"
    text += "".join(f"- [{r.title}](record_types/{r.name}.md)\n" for r in packs.record_types)
    text += "\n## 数据来源\n\n"
    for industry in packs.industries:
        text += f"### {industry.title}\n\n{industry.statement}\n\n"
        of_industry = (s for s in packs.sources if s.name.startswith(f"{industry.name}/"))
        text += "".join(f"- [{s.title}](sources/{s.name.replace('/', '-')}.md)\n" for s in of_industry) + "\n"
    text += "## 其他\n\n- [代码表](codes.md)\n- [部门](departments.md)\n- [公示期和失信严重程度](disclosure.md)\n"
    return text + "- [工作日历](calendars.md)\n- [术语表](../glossary.md)\n- [疑问数据说明](../guide/issues.md)\n"


def _record_type(record_type: RecordType, packs: Packs) -> str:
    titles = {f.name: f.title for f in record_type.fields}
    text = f"# {record_type.title}（{record_type.name}）\n\n{record_type.standard}。{record_type.source}。\n\n"
    text += f"自然键：{'、'.join(titles[n] for n in record_type.natural_key)}。\n\n"
    if record_type.due_working_days is not None:
        text += f"报送期限：{record_type.due_working_days} 个工作日。{record_type.due_basis}。\n\n"
    text += CONFIDENCE_LEGEND + "\n## 数据元\n\n"
    text += table(
        ["序号", "名称", "代码", "标准字段码", "填法", "长度", "要求", "公开", "说明", "可信度"],
        (
            (
                number,
                f.title,
                f.name,
                f.standard,
                f"[{TYPE_WORDS[f.type]}](../codes.md#{f.codes})" if f.codes else TYPE_WORDS[f.type],
                f.max_length,
                "仅旧格式" if f.legacy else requirement(f) + _when(f.required_when, titles),
                AUDIENCES[f.disclosed.value if f.disclosed else None],
                f.note,
                f.confidence.value,
            )
            for number, f in enumerate(record_type.fields, start=1)
        ),
    )
    for form in packs.forms:
        if form.record_type == record_type.name and form.name != record_type.name:
            text += _form(form, titles)
    return text


def _when(rules: tuple[RequiredWhen, ...], titles: dict[str, str]) -> str:
    said = []
    for rule in rules:
        title = titles[rule.field]
        if rule.among:
            said.append(f"“{title}”为{'、'.join(rule.among)}")
        elif rule.contains:
            said.append(f"“{title}”含{'、'.join(rule.contains)}")
        else:
            said.append(f"填了“{title}”")
    return f":{';'.join(said)}时" if said else ""


def _form(form: Form, titles: dict[str, str]) -> str:
    text = f"## 格式：{form.title}（{form.name}）\n\n"
    text += f"{form.source}。自 {form.in_force_from} 起。（{form.confidence.value}）\n\n"
    text += f"以表头识别：{'、'.join(form.fingerprint)}。\n\n"
    return text + table(
        ["表头", "又写作", "填入", "词语对应"],
        (
            (
                c.header,
                "、".join(c.aliases),
                titles[c.field] if c.field else f"不用：{c.set_aside}",
                ";".join(f"{old}→{new}" for old, new in c.lookup.items()),
            )
            for c in form.columns
        ),
    )


def _source(source: Source, packs: Packs) -> str:
    departments = {d.code: d.name for d in packs.departments}
    forms = {f.name: f.title for f in packs.forms}
    accepted = [forms[source.record_type], *(forms[n] for n in source.forms)]
    text = (
        f"# {source.title}（{source.name}）\n\n{source.note}\n\n"
        if source.note
        else f"# {source.title}（{source.name}）\n\n"
    )
    return text + table(
        ["项目", "内容"],
        [
            ("记录类型", f"[{source.record_type}](../record_types/{source.record_type}.md)"),
            ("目录条目", source.item),
            ("报送部门", "、".join(departments[p] for p in source.providers)),
            ("接受的格式", "、".join(accepted)),
            ("更新", {"daily": "每日", "weekly": "每周", "monthly": "每月", "quarterly": "每季"}[source.update]),
            ("施行", f"{source.in_force_from} 起" + (f"至 {source.in_force_to} 前" if source.in_force_to else "")),
            ("模板", f"`publiccredit template {source.name} 模板.xlsx`"),
        ],
    )


def _codes(tables: tuple[CodeTable, ...]) -> str:
    text = "# 代码表\n\n" + CONFIDENCE_LEGEND + "\n"
    for code_table in tables:
        text += f'<a id="{code_table.name}"></a>\n\n## {code_table.title}（{code_table.name}）\n\n'
        text += f"{code_table.source}。({code_table.confidence.value})\n\n"
        rows = ((c.word, "、".join(c.aliases), c.note) for c in code_table.codes)
        text += table(["用词", "又写作", "说明"], rows)
    return text


def _departments(packs: Packs) -> str:
    kinds = {"department": "部门", "town": "镇", "office": "信用办"}
    text = "# 部门\n\n统一社会信用代码均为虚构（区划 000000），正式使用时换成真实代码。\n\n"
    rows = ((d.code, d.name, d.short_name, kinds[d.kind.value], d.uscc) for d in packs.departments)
    return text + table(["代码", "名称", "简称", "类别", "统一社会信用代码"], rows)


def _disclosure(packs: Packs) -> str:
    text = "# 公示期和失信严重程度\n\n" + CONFIDENCE_LEGEND
    text += "\n过渡规则：取作出决定时施行的文件和此后各文件中最短的公示期。公示期自作出决定之日起算，送达前不公示。\n\n"
    for terms in packs.disclosure_terms:
        until = f"至 {terms.in_force_to} 前" if terms.in_force_to else ""
        text += f"## {terms.title}\n\n{terms.source}。{terms.in_force_from} 起{until}。（{terms.confidence.value}）\n\n"
        text += table(
            ["程度", "公示", "最短（月）", "最长（月）", "依据", "可信度"],
            (
                (
                    SEVERITIES[t.severity.value] + _of_fields(t.fields, packs),
                    "公示" if t.published else "不公示",
                    t.minimum_months,
                    t.maximum_months,
                    t.basis,
                    t.confidence.value,
                )
                for t in terms.terms
            ),
        )
    return text + _fields_of_law(packs) + "".join(_classification(c) for c in packs.severity_classifications)


def _of_fields(names: tuple[str, ...], packs: Packs) -> str:
    titles = "、".join(f.title for f in packs.fields_of_law if f.name in names)
    return f"（{titles}领域）" if titles else ""


def _fields_of_law(packs: Packs) -> str:
    text = "## 最短公示期另有规定的领域\n\n决定的依据引用下列法律、行政法规的，属于该领域；引用几个领域的，从前。\n\n"
    rows = (
        (field.title, f"《{law.title}》{law.clause}", law.in_force_from, law.in_force_to or "", law.confidence.value)
        for field in packs.fields_of_law
        for law in field.laws
    )
    return text + table(["领域", "法律、行政法规", "施行", "废止", "可信度"], rows)


def _classification(classification: SeverityClassification) -> str:
    text = f"## {classification.title}\n\n{classification.source}。依次取第一条相符的；都不相符的为“"
    text += f"{SEVERITIES[classification.otherwise.value]}”。\n\n"
    return text + table(
        ["规则", "程度", "处罚类别", "罚款", "依据", "可信度"],
        (
            (
                r.name,
                SEVERITIES[r.severity.value],
                ("只含" if r.only else "含") + "、".join(r.kinds) if r.kinds else "不限",
                _fine(r),
                r.basis,
                r.confidence.value,
            )
            for r in classification.rules
        ),
    )


def _fine(rule: SeverityRule) -> str:
    above = f"{rule.fine_from_yuan} 元以上" if rule.fine_from_yuan is not None else ""
    return above + (f"{rule.fine_at_most_yuan} 元以下" if rule.fine_at_most_yuan is not None else "")


def _calendars(packs: Packs) -> str:
    text = "# 工作日历\n\n工作日为周一至周五，减去放假日，加上调休上班的周末。没有日历的年份，期限只能暂定。\n\n"
    rows = (
        (y, c.notice, len(c.holidays), "、".join(f"{d:%m-%d}" for d in c.working_weekends), c.confidence.value)
        for y, c in sorted(packs.calendars.items())
    )
    text += table(["年份", "通知", "放假天数", "调休上班", "可信度"], rows)
    text += (
        "\n## 法律写明日期的节日\n\n还没有放假通知的年份，这些日子也不算工作日。农历节日、调休和补假以通知为准。\n\n"
    )
    fixed = (
        (h.title, "、".join(h.days), f"{h.in_force_from} 起", h.basis, h.source, h.confidence.value)
        for h in packs.statutory_holidays
    )
    return text + table(["节日", "日期", "施行", "依据", "来源", "可信度"], fixed)


def _glossary(packs: Packs) -> str:
    rows = (
        (t.zh, t.en, f"`{t.code}`" if t.code else "", t.meaning, t.source, t.confidence.value, "、".join(t.banned))
        for t in packs.terms
    )
    text = "# 术语表\n\n一词一义，页面、代码、接口和文档都用它。\n\n" + CONFIDENCE_LEGEND + "\n"
    return text + table(["中文", "English", "代码名", "含义", "出处", "可信度", "代码中不用"], rows)


def _issues(packs: Packs) -> str:
    text = "# 疑问数据说明\n\n每一个疑问都指明工作表、行、列，写明所见、应为和改法。提示中的“×”由具体内容代替。\n\n"
    text += "## 逐格疑问\n\n"
    for issue in packs.issues:
        level = "退回：须更正后重报" if issue.severity is IssueSeverity.RETURN else "提醒：已接受，请核对"
        override = f"；确认无误的可以{'逐行' if issue.by_row else ''}确认后放行" if issue.overridable else ""
        text += f"### {issue.code} {issue.title}\n\n{_rule(issue.check)}{level}{override}。\n\n"
        text += _said(issue.message, issue.remedy, issue.basis, issue.confidence)
    text += "## 整份文件不能接收\n\n"
    for refusal in packs.refusals:
        text += f"### {refusal.code} {refusal.title}\n\n"
        text += _said(refusal.found, refusal.remedy, refusal.basis, refusal.confidence)
    return text


def _rule(check: str) -> str:
    """This will give the sentence a check states its rule in: the docstring of its module, read and not imported."""
    module = CHECKS / f"{check}.py"
    if not module.is_file():
        return ""  # checks against the store speak while filing and have no module of their own
    return f"{ast.get_docstring(ast.parse(module.read_text('utf-8')))}\n\n"


def _said(message: str, remedy: str, basis: str, confidence: Confidence) -> str:
    lines = f"- 提示：{SLOT.sub('×', message)}\n- 改法：{SLOT.sub('×', remedy)}\n"
    return f"{lines}- 依据：{basis}（{CONFIDENCE_TITLES[confidence]}）\n\n"
