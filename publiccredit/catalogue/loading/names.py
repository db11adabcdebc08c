"""Names: each value named as its file, each name held once at a time."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise
from pathlib import PurePosixPath

from publiccredit.catalogue.loading.files import PackFolder
from publiccredit.catalogue.types import Code, CodeTable, DepartmentKind, KeptName, Packs
from publiccredit.catalogue.types.base import Dated, Pack
from publiccredit.catalogue.types.unified_identifiers import check_character

Found = Sequence[tuple[str, Pack]]

NAMED_AS_FILE = (
    "catalogue/*.yml",
    "record_types/*.yml",
    "exchanges/*.yml",
    "codes/*.yml",
    "calendars/*.yml",
    "procedures/*.yml",
)
DISCLOSURE = ("disclosure/severity/*.yml", "disclosure/terms/*.yml")


def check_keepings(at: PackFolder, packs: Packs) -> None:
    """This will refuse packs that do not say how long each thing a natural person gave is kept."""
    once(at, "keeping.yml", "name", [k.name.value for k in packs.keepings])
    for missing in sorted(set(KeptName) - {k.name for k in packs.keepings}):
        at.refuse("keeping.yml", "", f"没有写明“{missing.value}”保存多久", "请补上保存期限、起算日、依据和可信度")
    for index, kept in enumerate(packs.keepings):
        if kept.days <= 0:
            at.refuse("keeping.yml", f"[{index}].days", f"{kept.days}", "天数须大于 0")


def check_grant_terms(at: PackFolder, packs: Packs) -> None:
    """This will refuse packs without exactly one term for proposals in force at a time, without end."""
    terms = sorted(packs.grant_terms, key=lambda t: t.in_force_from)
    if not terms or terms[-1].in_force_to is not None:
        at.refuse("grant_terms.yml", "", "没有写明现在权限拟办等多久", "请补上天数、依据和可信度，最后一条不写 to")
    for earlier, later in pairwise(terms):
        if earlier.in_force_to != later.in_force_from:
            at.refuse(
                "grant_terms.yml", "to", f"{earlier.in_force_to}", f"应当等于后一条的 from：{later.in_force_from}"
            )


def check_statistics(at: PackFolder, packs: Packs) -> None:
    """This will refuse packs without exactly one rule for statistics at a time, each from the first day of a period."""
    rules = sorted(packs.statistics_rules, key=lambda r: r.in_force_from)
    if not rules or rules[-1].in_force_to is not None:
        at.refuse("statistics.yml", "", "没有写明现在怎样公布统计", "请补上各项，最后一条不写 to")
    for earlier, later in pairwise(rules):
        if earlier.in_force_to != later.in_force_from:
            at.refuse("statistics.yml", "to", f"{earlier.in_force_to}", f"应当等于后一条的 from：{later.in_force_from}")
    for rule in rules:
        begins = rule.in_force_from
        if begins.day != 1 or (begins.month - 1) % 3:
            at.refuse("statistics.yml", "from", f"{begins}", "须为一季的第一天，新旧两期才不交叉")


def check_names(at: PackFolder, packs: Packs, found: dict[str, list[tuple[str, Pack]]]) -> None:
    """This will refuse a value not named as its file, overlapping versions of one name, and repeated words."""
    for pattern in (*NAMED_AS_FILE, *DISCLOSURE):
        _check_file_names(at, found[pattern])
        _check_overlaps(at, found[pattern])
    _check_code_tables(at, found["codes/*.yml"])
    for edition in packs.editions:
        file = f"catalogue/{edition.name}.yml"
        once(at, file, "items[].code", [i.code for i in edition.items])
        for item in edition.items:
            if item.code.partition(".")[0] not in {c.code for c in edition.categories}:
                at.refuse(
                    file, "items[].code", f"条目“{item.code}”不属于任何类别", "请在 categories 中写明类别，或改正编号"
                )
    once(at, "departments/", "code", [d.code for d in packs.departments])
    once(at, "departments/", "name", [n for d in packs.departments for n in {d.name, d.short_name, *d.aliases}])
    once(at, "departments/", "uscc", [d.uscc for d in packs.departments])
    _check_identifiers(at, packs)
    _check_offices(at, packs)
    once(at, "glossary.yml", "zh", [t.zh for t in packs.terms])
    once(at, "glossary.yml", "code", [t.code for t in packs.terms if t.code])
    once(at, "issues.yml", "code", [i.code for i in packs.issues])
    _check_calendars(at, packs)


def once(at: PackFolder, file: str, key: str, values: Iterable[str]) -> None:
    """This will refuse each value that stands there more than once."""
    for value, times in Counter(values).items():
        if times > 1:
            at.refuse(file, key, f"“{value}”出现了 {times} 次", "同一名称只能出现一次，请删去或改名")


def _check_identifiers(at: PackFolder, packs: Packs) -> None:
    """A mistyped identifier here would send back every row that writes the department's true one."""
    for department in packs.departments:
        right = check_character(department.uscc[:-1])
        if department.uscc[-1] != right:
            said = f"{department.code} 的统一社会信用代码“{department.uscc}”校验位不符"
            at.refuse("departments/", "uscc", said, f"请照证书核对；按前 17 位计算，末位应为 {right}")


def _check_offices(at: PackFolder, packs: Packs) -> None:
    offices = sum(d.kind is DepartmentKind.OFFICE for d in packs.departments)
    if offices != 1:
        at.refuse(
            "departments/",
            "kind",
            f"有 {offices} 个部门写作“{DepartmentKind.OFFICE}”",
            "信用办应有且只有一个，请为它写 kind: office，其余写 department 或者 town",
        )
    codes = {d.code for d in packs.departments}
    for department in packs.departments:
        if department.superior is not None and department.superior not in codes - {department.code}:
            said = f"{department.code} 的 superior “{department.superior}”不是另一个部门的代码"
            at.refuse("departments/", "superior", said, "请写受理对该单位投诉的部门的 code，没有的不写")


def _check_file_names(at: PackFolder, found: Found) -> None:
    for file, value in found:
        stem = PurePosixPath(file).name.split(".")[0]
        name = str(getattr(value, "name", None) or getattr(value, "year", ""))
        if name != stem:
            key = "name" if hasattr(value, "name") else "year"
            at.refuse(file, key, f"“{name}”与文件名“{stem}”不一致", f"请改为“{stem}”，或把文件改名为 {name}.yml")


def _check_overlaps(at: PackFolder, found: Found) -> None:
    versions: dict[str, list[tuple[str, Dated]]] = defaultdict(list)
    for file, value in found:
        if isinstance(value, Dated):
            versions[str(getattr(value, "name", ""))].append((file, value))
            if value.in_force_to is not None and value.in_force_to <= value.in_force_from:
                at.refuse(file, "to", f"{value.in_force_to} 不晚于 from {value.in_force_from}", "请改正起止日期")
    for name, values in versions.items():
        for (_, one), (file, other) in combinations(values, 2):
            if overlap(one, other):
                at.refuse(file, "from", f"与另一版“{name}”的施行期间重叠", "请给旧版写上 to，使其等于新版的 from")


def overlap(one: Dated, other: Dated) -> bool:
    """This will tell whether two periods ``[from, to)`` share a day."""
    return (one.in_force_to is None or other.in_force_from < one.in_force_to) and (
        other.in_force_to is None or one.in_force_from < other.in_force_to
    )


def _check_code_tables(at: PackFolder, found: Found) -> None:
    for file, table in found:
        if isinstance(table, CodeTable):
            once(at, file, "codes", [spelling for code in table.codes for spelling in _spellings(code)])


def _spellings(code: Code) -> set[str]:
    return {code.word, *code.aliases}


def _check_calendars(at: PackFolder, packs: Packs) -> None:
    for year, calendar in packs.calendars.items():
        file = f"calendars/{year}.yml"
        once(at, file, "holidays", [str(d) for d in (*calendar.holidays, *calendar.working_weekends)])
        for day in (*calendar.holidays, *calendar.working_weekends):
            if day.year != year:
                at.refuse(file, "holidays", f"{day} 不在 {year} 年", "跨年假期请分写在两年的文件中")
        for day in calendar.working_weekends:
            if day.weekday() < 5:
                at.refuse(file, "working_weekends", f"{day} 不是周六或周日", "调休上班日只能是周六或周日")
    now = [h for h in packs.statutory_holidays if h.in_force_to is None]
    once(at, "statutory_holidays.yml", "days", [day for holiday in now for day in holiday.days])
    years = sorted(packs.calendars)
    missing = sorted(set(range(years[0], years[-1])) - set(years)) if years else []
    for year in missing:
        at.refuse(f"calendars/{year}.yml", "", "缺少该年的日历", "工作日按年连续计算，请补上该年国务院办公厅放假通知")
