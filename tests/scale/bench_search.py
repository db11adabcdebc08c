"""
Search over a million names: ``python -m tests.scale.bench_search``.

Asks fragments of names that exist (two characters to the whole name, first letters, identifiers, document numbers), each
as often as people would, and a list of the worst: what stands in most names. Results go to .data/bench, from which
docs/benchmarks.md is written.
"""

import json
import random
import sys
import time
from datetime import UTC, date, datetime
from typing import Any

import tests.environment  # noqa: F401 - names the data folder before Django reads its settings
from tests.scale.results import Line, above, keep

SUBJECTS = 1_000_000
TARGETS = {"database_p50_ms": 3.0, "database_p99_ms": 30.0}
ASKED = 600
WORST = (
    "公司", "有限", "限公", "濉溪", "溪县", "淮北", "北市", "安徽", "科技", "商贸", "有限公司", "科技有限公司", "商贸有限", "服务有限公司",
    "分公司", "建筑工程", "个体工商户", "合作社", "濉溪县百善镇", "县信", "YX", "GS", "YXGS", "SXX", "KJYXGS", "HB", "信信", "有限有限",
)  # fmt: skip
WORST_TWO = (
    "公司 有限",
    "商贸 餐饮",
    "科技 商贸",
    "濉溪 分公司",
    "县 公司",
    "合作社 公司",
    "YXGS SX",
    "公司 KJ",
    "公司 QXZ",
    "公司 龘",
)
SHARES = (
    ("pair", 30),
    ("three", 15),
    ("four", 15),
    ("six", 8),
    ("whole", 8),
    ("initials", 14),
    ("uscc", 5),
    ("number", 5),
)


def main() -> None:
    """Print the figures and keep them for the page of benchmarks."""
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "publiccredit.site.settings")

    django.setup()
    from tests.scale.large_database import large_database

    subjects = int(sys.argv[1]) if len(sys.argv) > 1 else SUBJECTS
    with large_database(subjects=subjects) as made:
        answer = {"subjects": subjects, "seconds_to_fill": made, "index_megabytes": _sizes()}
        questions = _questions(subjects)
        _ask(questions[:50])
        answer |= {"typical": _ask(questions), "worst": _ask(list(WORST))}
        answer["several_words"] = _ask(_in_two_words(subjects) + list(WORST_TWO))
        answer["counted"] = _ask([*questions, *WORST, *WORST_TWO], counted=True)
        answer["nothing_found"] = _ask(_mistyped(questions), helped=True)
    on = datetime.now(UTC).date()
    keep(name="search", title="Searching the names", how=how(answer), lines=lines(answer), raw=answer, on=on)
    print(json.dumps(answer, ensure_ascii=False, indent=1))  # noqa: T201


def how(answer: dict[str, Any]) -> str:
    """Say what was asked, and how the worst questions fared."""
    typical, worst = answer["typical"], answer["worst"]
    slowest = ", ".join(f"{words} {taken} ms" for words, taken in list(worst["slowest"].items())[:3])
    return (
        f"{typical['asked']} questions over {answer['subjects']:,} synthetic names, each asked as often as people would: two "
        "characters to the whole name, first letters of the pronunciation, identifiers, document numbers. The time in the "
        "database is that of all statements of the first page; with it the whole search takes "
        f"{typical['whole_p50_ms']} ms (p50) and {typical['whole_p99_ms']} ms (p99). {worst['asked']} questions that hit most "
        f"names take {worst['database_p50_ms']} ms (p50) and {worst['database_p99_ms']} ms (p99) in the database; the "
        f"slowest: {slowest}. {_more(answer)} {answer['nothing_found']['asked']} questions with one wrong, missing or added character, which find "
        f"nothing, take {answer['nothing_found']['database_p50_ms']} ms (p50) and "
        f"{answer['nothing_found']['database_p99_ms']} ms (p99) in the database with the help that is then given."
    )


def _more(answer: dict[str, Any]) -> str:
    several, counted = answer["several_words"], answer["counted"]
    return (
        f"{several['asked']} questions of two words take {several['database_p50_ms']} ms (p50) and "
        f"{several['database_p99_ms']} ms (p99) in the database. How many answer, up to the bound, is asked beside a page "
        f"that is not the only one, and takes {counted['database_p50_ms']} ms (p50) and {counted['database_p99_ms']} ms "
        f"(p99) over {counted['asked']} questions."
    )


def lines(answer: dict[str, Any]) -> list[Line]:
    """Put the figures beside their targets."""
    return [
        Line(
            work=f"search over {answer['subjects']:,} names, {name.split('_')[1]} in the database",
            target=f"≤ {target:g} ms",
            measured=f"{answer['typical'][name]} ms",
            beyond=above(answer["typical"][name], target),
            why="The slowest questions are named above.",
        )
        for name, target in TARGETS.items()
    ]


def _questions(subjects: int) -> list[str]:
    from publiccredit.subjects.models import Subject

    chance = random.Random(7)
    kinds, weights = zip(*SHARES, strict=True)
    rows = {s.pk: s for s in Subject.objects.filter(pk__in=[chance.randrange(1, subjects + 1) for _ in range(ASKED)])}
    return [_question(row, chance.choices(kinds, weights)[0], chance) for row in rows.values()]


def _question(subject: Any, kind: str, chance: random.Random) -> str:
    if kind == "uscc":
        return str(subject.uscc)
    if kind == "number":
        return f"濉市监许〔2026〕{subject.pk}号"
    text = subject.pinyin_initials if kind == "initials" else subject.search_name
    length = {"pair": 2, "three": 3, "four": 4, "six": 6, "whole": len(text), "initials": chance.choice((2, 3, 4, 6))}[
        kind
    ]
    start = chance.randrange(max(len(text) - length, 0) + 1)
    return str(text[start : start + length])


def _in_two_words(subjects: int) -> list[str]:
    """Give two pieces of one name, as people type what they remember of it, the later one first now and then."""
    from publiccredit.subjects.models import Subject

    chance, found = random.Random(13), []
    for row in Subject.objects.filter(pk__in=[chance.randrange(1, subjects + 1) for _ in range(ASKED // 3)]):
        cut = len(row.search_name) // 2
        pieces = [text[(at := chance.randrange(len(text) - 1)) : at + 3] for text in
                  (row.search_name[:cut], row.search_name[cut:])]  # fmt: skip
        found.append(" ".join(pieces if chance.random() < 0.8 else pieces[::-1]))
    return found


def _mistyped(questions: list[str]) -> list[str]:
    """Give questions of four characters and more with one of them wrong, missing or doubled."""
    chance, wrong = random.Random(11), []
    for words in (words for words in questions if len(words) >= 4):
        at = chance.randrange(len(words))
        other = "7" if words[at].isascii() else "龘"
        wrong.append(words[:at] + chance.choice((other, "", words[at] * 2)) + words[at + 1 :])
    return wrong


def _ask(questions: list[str], *, helped: bool = False, counted: bool = False) -> dict[str, Any]:
    from django.db import connection

    from publiccredit.catalogue.types import Audience
    from publiccredit.disclosure.nearest import nearest
    from publiccredit.disclosure.queries import search, search_total

    whole, database = [], []
    for words in questions:
        spent = [0.0]

        def timed(execute: Any, sql: str, params: Any, many: bool, context: Any, spent: list[float] = spent) -> Any:
            began = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                spent[0] += time.perf_counter() - began

        with connection.execute_wrapper(timed):
            began = time.perf_counter()
            if counted:
                search_total(words=words, audience=Audience.PUBLIC, on=date(2026, 6, 1))
            else:
                found = search(words=words, audience=Audience.PUBLIC, on=date(2026, 6, 1))
            if helped and not found.hits:
                nearest(words=words, audience=Audience.PUBLIC, on=date(2026, 6, 1))
            whole.append((time.perf_counter() - began) * 1000)
        database.append((spent[0] * 1000, words))
    slowest = sorted(database, reverse=True)[:6]
    return {
        "asked": len(questions),
        "database_p50_ms": _at(50, [ms for ms, _ in database]),
        "database_p99_ms": _at(99, [ms for ms, _ in database]),
        "whole_p50_ms": _at(50, whole),
        "whole_p99_ms": _at(99, whole),
        "slowest": {words: round(ms, 1) for ms, words in slowest},
    }


def _at(percent: int, values: list[float]) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 2)


def _sizes() -> dict[str, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_relation_size(oid) / 1048576 FROM pg_class WHERE relname LIKE 'subject\\_%'"
            " OR relname IN ('subjects_subject', 'subjects_subject_pkey') ORDER BY relname"
        )
        return dict(cursor.fetchall())


if __name__ == "__main__":
    main()
