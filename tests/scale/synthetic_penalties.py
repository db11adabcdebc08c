"""
Penalty files of any size for synthetic subjects, the same bytes for the same arguments.

Every subject lies in the impossible region 000000. A share of rows is faulty, each in one of the ways of ``FAULTS``;
besides, some rows are right and merely written as people write (slashes in dates, brackets, thousands separators).
"""

from pathlib import Path

import polars as pl

USCC_SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CHUNK = 100_000
SUBJECTS = 400_000
TRADES = ("示例建材", "示例食品", "示例物流（濉溪）", "示例商贸", "示例机械")
FAULTS = {
    "no_name": "required",
    "unknown_kind": "unknown_code",
    "wrong_check_digit": "uscc_check_digit",
    "letter_o": "uscc_shape",
    "two_digit_year": "date_unreadable",
    "no_such_day": "date_unreadable",
    "decided_tomorrow": "date_in_future",
    "ends_before_decided": "date_order",
    "served_too_early": "served_before_decided",
    "no_fine": "required_when",
    "negative_fine": "amount_negative",
    "zero_fine": "amount_zero",
    "seven_decimals": "amount_decimals",
    "fine_in_words": "amount_unreadable",
    "natural_person": "natural_person",
    "other_department": "outside_competence",
    "category_of_2015": "unknown_code",
}
OF_FINES = ("no_fine", "negative_fine", "zero_fine", "seven_decimals", "fine_in_words")
TITLES = {
    "subject_name": "行政相对人名称",
    "subject_category": "行政相对人类别",
    "subject_uscc": "行政相对人代码_1(统一社会信用代码)",
    "subject_registration_number": "行政相对人代码_2(工商注册号)",
    "subject_organisation_code": "行政相对人代码_3(组织机构代码)",
    "subject_tax_number": "行政相对人代码_4(税务登记号)",
    "institution_certificate_number": "行政相对人代码_5(事业单位证书号)",
    "social_organisation_certificate_number": "行政相对人代码_6(社会组织登记证号)",
    "legal_representative": "法定代表人",
    "legal_representative_document_kind": "法定代表人证件类型",
    "legal_representative_document_number": "法定代表人证件号码",
    "person_document_kind": "自然人证件类型",
    "person_document_number": "自然人证件号码",
    "document_number": "行政处罚决定书文号",
    "violation_kind": "违法行为类型",
    "violation_facts": "违法事实",
    "penalty_basis": "处罚依据",
    "penalty_kind": "处罚类别",
    "penalty_content": "处罚内容",
    "fine_fen": "罚款金额（万元）",
    "confiscated_fen": "没收违法所得、没收非法财物的金额（万元）",
    "suspended_licence": "暂扣或吊销证照名称及编号",
    "decided_on": "处罚决定日期",
    "effective_until": "处罚有效期",
    "disclosed_until": "公示截止期",
    "authority_name": "处罚机关",
    "authority_uscc": "处罚机关统一社会信用代码",
    "provider_name": "数据来源单位",
    "provider_uscc": "数据来源单位统一社会信用代码",
    "remarks": "备注",
    "served_on": "送达日期",
    "severity": "失信严重程度",
}
AUTHORITY = "濉溪县市场监督管理局"
AUTHORITY_USCC = "11000000009000031R"
LAST_DAY = "2026-11-20"


def write_penalties(
    path: Path, *, rows: int, faulty_share: float = 0.05, seed: int = 20261103, subjects: int = SUBJECTS
) -> Path:
    """Write the file with the titles of the national form and the two extra columns."""
    with path.open("wb") as file:
        for first in range(0, rows, CHUNK):
            number = min(CHUNK, rows - first)
            chunk = penalties(first=first, rows=number, faulty_share=faulty_share, seed=seed, subjects=subjects)
            chunk.drop("fault").rename(TITLES).write_csv(file, include_header=first == 0)
    return path


def penalties(*, first: int, rows: int, faulty_share: float, seed: int, subjects: int = SUBJECTS) -> pl.DataFrame:
    """Some rows by their field names, with the ``fault`` that was put into each, or null."""
    numbered = pl.DataFrame({"n": pl.int_range(first, first + rows, dtype=pl.UInt64, eager=True)})
    fault = pl.when(_draw(seed, 1, 1_000_000) < int(faulty_share * 1_000_000)).then(_draw(seed, 2, len(FAULTS)))
    names = {number: name for number, name in enumerate(FAULTS)}
    named = numbered.with_columns(fault=fault.replace_strict(names, default=None, return_dtype=pl.String))
    return _with_faults(_right_rows(named, seed, subjects), seed).select(*TITLES, "fault")


def _draw(seed: int, salt: int, below: int) -> pl.Expr:
    """A number below ``below`` for each row, by a fixed mixing of its number (no engine's own random numbers)."""
    mixed = (pl.col("n") + seed + salt * 7919) * 2_654_435_761 % 4_294_967_291
    return ((mixed * 48_271 + salt) % 2_147_483_647 // 8) % below


def _choice(seed: int, salt: int, values: list[str]) -> pl.Expr:
    return _draw(seed, salt, len(values)).replace_strict(dict(enumerate(values)), return_dtype=pl.String)


def _right_rows(numbered: pl.DataFrame, seed: int, subjects: int) -> pl.DataFrame:
    n = pl.col("n").cast(pl.String)
    decided = pl.date(2023, 1, 1) + pl.duration(days=_draw(seed, 3, 1400).cast(pl.Int64))
    yuan = (_draw(seed, 4, 4000) + 1) * 50
    kinds = ["罚款", "警告", "罚款;没收违法所得", "警告;罚款", "没收非法财物", "罚款", "通报批评", "责令停产停业"]
    kind = _choice(seed, 5, kinds)
    frame = numbered.with_columns(
        decided=decided, yuan=yuan, kind=kind, subject=_draw(seed, 6, subjects).cast(pl.UInt64) + 1
    ).with_columns(uscc=_uscc(pl.col("subject")), wan=_wan(pl.col("yuan")))
    return frame.with_columns(
        subject_name=pl.format(
            "濉溪县{}{}有限公司",
            "subject",
            (pl.col("subject") % len(TRADES)).replace_strict(dict(enumerate(TRADES)), return_dtype=pl.String),
        ),
        subject_category=pl.lit("法人及非法人组织"),
        subject_uscc="uscc",
        subject_registration_number=pl.lit(None, pl.String),
        subject_organisation_code=pl.lit(None, pl.String),
        subject_tax_number=pl.when(_draw(seed, 8, 4) == 0).then("uscc"),
        institution_certificate_number=pl.lit(None, pl.String),
        social_organisation_certificate_number=pl.lit(None, pl.String),
        legal_representative=_choice(seed, 9, ["甲某", "乙某某", "丙某", "丁某某", "戊某"]),
        legal_representative_document_kind=pl.lit(None, pl.String),
        legal_representative_document_number=pl.lit(None, pl.String),
        person_document_kind=pl.lit(None, pl.String),
        person_document_number=pl.lit(None, pl.String),
        document_number=pl.concat_str(
            pl.lit("濉市监处罚"),
            pl.when(_draw(seed, 10, 50) == 0).then(pl.lit("[2026]")).otherwise(pl.lit("〔2026〕")),
            n,
            pl.lit("号"),
        ),
        violation_kind=_choice(seed, 11, [f"违反《中华人民共和国示例法》第{k}条第一款" for k in range(1, 60)]),
        violation_facts=pl.format(
            "当事人于{}在其经营场所销售标称批次为{}的示例产品，经抽样检验，有{}项指标不符合标准要求，货值金额{}元。",
            pl.col("decided").dt.to_string("%Y年%m月%d日"), "n", _draw(seed, 12, 9) + 1, "yuan",
        ),
        penalty_basis=_choice(seed, 13, [f"《中华人民共和国示例法》第{k}条、《示例条例》第{k + 3}条" for k in range(1, 60)]),
        penalty_kind="kind",
        penalty_content=pl.format("给予{}的行政处罚；涉及金额{}元；责令改正违法行为。", "kind", "yuan"),
        fine_fen=pl.when(pl.col("kind").str.contains("罚款")).then(
            pl.when(_draw(seed, 14, 50) == 0).then(pl.concat_str("yuan", pl.lit("元"))).otherwise(pl.col("wan"))
        ),
        confiscated_fen=pl.when(pl.col("kind").str.contains("没收")).then("wan"),
        suspended_licence=pl.when(_draw(seed, 15, 20) == 0).then(pl.lit("N/A")),
        decided_on=_written(pl.col("decided"), seed, 16),
        effective_until=pl.lit("2099-12-31"),
        disclosed_until=_written(pl.col("decided") + pl.duration(days=365), seed, 17),
        authority_name=pl.lit(AUTHORITY),
        authority_uscc=pl.lit(AUTHORITY_USCC),
        provider_name=pl.lit(AUTHORITY),
        provider_uscc=pl.lit(AUTHORITY_USCC),
        remarks=pl.lit(None, pl.String),
        served_on=_written(pl.min_horizontal(pl.col("decided") + pl.duration(days=2), pl.date(2026, 11, 20)), seed, 18),
        severity=_choice(seed, 19, ["轻微", "一般", "严重"]),
    )  # fmt: skip


def _with_faults(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    def faulty(field: str, **values: pl.Expr) -> pl.Expr:
        expr = pl.col(field)
        for name, value in values.items():
            expr = pl.when(pl.col("fault") == name).then(value).otherwise(expr)
        return expr.alias(field)

    text = pl.lit
    last = pl.col("uscc").str.slice(17)
    other = pl.when(last == "0").then(text("1")).otherwise(text("0"))
    return frame.with_columns(
        faulty("subject_name", no_name=text("-"), natural_person=text("示例某人")),
        faulty("subject_category", natural_person=text("自然人"), category_of_2015=text("企业")),
        faulty(
            "subject_uscc",
            wrong_check_digit=pl.col("uscc").str.head(17) + other,
            letter_o=pl.concat_str(text("91OOOO"), pl.col("uscc").str.slice(6)),
            natural_person=text(None, pl.String),
        ),
        faulty("person_document_number", natural_person=text("000000199001011234")),
        faulty(
            "fine_fen",
            no_fine=text("无"), negative_fine=text("-0.5"), zero_fine=text("0"), seven_decimals=text("0.1234567"),
            fine_in_words=text("壹万元"), unknown_kind=text("0.5"),
        ),
        faulty("penalty_kind", **{name: text("罚款") for name in OF_FINES}, unknown_kind=text("罚款;打屁股")),
        faulty("confiscated_fen", **{name: text(None, pl.String) for name in (*OF_FINES, "unknown_kind")}),
        faulty(
            "decided_on",
            two_digit_year=text("26-11-03"), no_such_day=text("2026-02-30"), decided_tomorrow=text("2026-12-24"),
        ),
        faulty("served_on", served_too_early=text("2019-01-01"), decided_tomorrow=text(None, pl.String)),
        faulty("effective_until", ends_before_decided=text("2020-01-01")),
        faulty("disclosed_until", decided_tomorrow=text("2027-12-24")),
        faulty("authority_name", other_department=text("濉溪县交通运输局")),
    ) if frame.height else frame  # fmt: skip


def _written(day: pl.Expr, seed: int, salt: int) -> pl.Expr:
    way = _draw(seed, salt, 20)
    return (
        pl.when(way < 14).then(day.dt.to_string("%Y-%m-%d"))
        .when(way < 18).then(day.dt.to_string("%Y/%-m/%-d"))
        .when(way < 19).then(day.dt.to_string("%Y年%-m月%-d日"))
        .otherwise(day.dt.to_string("%Y%m%d"))
    )  # fmt: skip


def _wan(yuan: pl.Expr) -> pl.Expr:
    whole = (yuan // 10_000).cast(pl.String)
    fraction = (yuan % 10_000).cast(pl.String).str.zfill(4).str.strip_chars_end("0")
    return pl.when(fraction == "").then(whole).otherwise(pl.concat_str(whole, fraction, separator="."))


def _uscc(number: pl.Expr) -> pl.Expr:
    digits = [number // 10 ** (7 - place) % 10 for place in range(8)]
    total = sum((d * w for d, w in zip(digits, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)), start=pl.lit(0, pl.UInt64))
    check = (11 - total % 11) % 11  # 10 is written X, which is symbol 29 of the identifier's alphabet
    value = pl.when(check == 10).then(pl.lit(USCC_SYMBOLS.index("X"), pl.UInt64)).otherwise(check)
    places = [pl.lit(9, pl.UInt64), pl.lit(1, pl.UInt64), *(pl.lit(0, pl.UInt64) for _ in range(6)), *digits, value]
    weighted = sum((v * pow(3, i, 31) for i, v in enumerate(places)), start=pl.lit(0, pl.UInt64))
    last = (31 - weighted % 31) % 31
    symbols = dict(enumerate(USCC_SYMBOLS))
    letter = pl.when(check == 10).then(pl.lit("X")).otherwise(check.cast(pl.String))
    return pl.concat_str(
        pl.lit("91000000"),
        number.cast(pl.String).str.zfill(8),
        letter,
        last.replace_strict(symbols, return_dtype=pl.String),
    )
