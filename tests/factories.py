"""The only place test objects are built. Every subject is synthetic: its identifier lies in the impossible region 000000."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, uuid5

from publiccredit.site.demo.identifiers import organisation_code, synthetic_uscc

if TYPE_CHECKING:
    from publiccredit.subjects.models import Record, Subject

__all__ = ["organisation_code", "stored_record", "stored_subject", "synthetic_uscc"]

# --- rows of the store, for tests of what reads it -------------------------------------------------------------------

KNOWN_AT = datetime(2026, 6, 1, 4, tzinfo=UTC)  # noon in China


def stored_subject(*, number: int = 1, name: str = "濉溪县示例建材有限公司", **columns: Any) -> "Subject":
    """Put a subject in the store."""
    from publiccredit.subjects.models import Subject
    from publiccredit.subjects.pinyin import pinyin_initials

    usual: dict[str, Any] = {
        "kind": "enterprise",
        "normalised_name": name,
        "pinyin_initials": pinyin_initials(name=name),
        "uscc": synthetic_uscc(number),
        "registration_status": "active",
        "known_from": KNOWN_AT,
        "entry_id": 0,  # of no act: the first act of a new database has number 1
    }
    return Subject.objects.create(name=name, **usual | columns)


def stored_record(*, subject: "Subject | None", number: int = 1, **columns: Any) -> "Record":
    """Put a record in the store: a served general penalty of 2026-05-20 by market regulation, unless told otherwise."""
    from publiccredit.subjects.models import Record

    usual: dict[str, Any] = {
        "natural_key": uuid5(NAMESPACE_OID, f"{columns.get('record_type', 'administrative_penalty')}-{number}"),
        "content_hash": uuid5(NAMESPACE_OID, f"content-{number}"),
        "record_type": "administrative_penalty",
        "source": "market_regulation/penalty",
        "item": "national_2024/3.2",
        "pack_version": "test",
        "department_code": "market_regulation",
        "authority_name": "濉溪县市场监督管理局",
        "document_number": f"濉市监罚〔2026〕{number}号",
        "decided_on": date(2026, 5, 20),
        "served_on": date(2026, 5, 22),
        "severity": "general",
        "severity_rule": "penalty_severity/otherwise",
        "fine_fen": 5_000_000,
        "state": "filed",
        "disclosed_from": date(2026, 5, 22),
        "repairable_from": date(2026, 8, 20),
        "disclosed_until": date(2027, 5, 20),
        "received_at": datetime(2026, 5, 25, 1, tzinfo=UTC),
        "working_days_taken": 3,
        "submission_id": 1,
        "row_number": number + 1,
        "content": {
            "subject_name": subject.name if subject else "濉溪县示例建材有限公司",
            "violation_kind": "销售不合格产品",
            "violation_facts": "销售的水泥强度不合格",
            "penalty_content": "罚款五万元",
            "legal_representative": "张三",
            "legal_representative_document_kind": "身份证",
            "legal_representative_document_number": "340621199001011234",
        },
        "known_from": KNOWN_AT,
        "entry_id": 0,  # of no act: the first act of a new database has number 1
    }
    if columns.get("state") == "withdrawn":
        usual |= {"withdrawn_at": KNOWN_AT, "withdrawn_as": "revoked"}
    return Record.objects.create(subject=subject, **usual | columns)


def stored_licence(*, subject: "Subject | None", number: int = 1, **columns: Any) -> "Record":
    """Put a licence without end in the store."""
    usual: dict[str, Any] = {
        "record_type": "administrative_licence",
        "source": "market_regulation/licence",
        "item": "national_2024/3.1",
        "document_number": f"濉市监许〔2026〕{number}号",
        "served_on": None,
        "severity": "",
        "severity_rule": "",
        "fine_fen": None,
        "disclosed_from": date(2026, 5, 20),
        "repairable_from": None,
        "disclosed_until": None,
        "effective_from": date(2026, 5, 20),
        "content": {"licence_content": "食品经营"},
    }
    return stored_record(subject=subject, number=number, **usual | columns)


# --- what departments send ------------------------------------------------------------------------------------------


def penalty_row(number: int = 1, **fields: str) -> dict[str, str]:
    """Give one served penalty of market regulation, by field, as a liaison writes it."""
    usual = {
        "subject_name": f"濉溪县示例{number}号建材有限公司",
        "subject_category": "法人及非法人组织",
        "subject_uscc": synthetic_uscc(number),
        "legal_representative": "张三",
        "document_number": f"濉市监处罚〔2026〕{number}号",
        "violation_kind": "违反《中华人民共和国产品质量法》第三十九条",
        "violation_facts": "销售以不合格产品冒充合格产品的建材",
        "penalty_basis": "《中华人民共和国产品质量法》第五十条",
        "penalty_kind": "罚款",
        "penalty_content": "罚款 12,000 元",
        "fine_fen": "1.2",
        "decided_on": "2026-11-03",
        "effective_until": "2099-12-31",
        "authority_name": "濉溪县市场监督管理局",
        "authority_uscc": "11000000009000031R",
        "provider_name": "濉溪县市场监督管理局",
        "provider_uscc": "11000000009000031R",
        "served_on": "2026-11-05",
    }
    return usual | fields


def sent_csv(rows: list[dict[str, str]], *, record_type: str = "administrative_penalty") -> bytes:
    """Write rows as a CSV file in the national form of their record type."""
    import csv
    import io

    from publiccredit.catalogue import queries as catalogue

    fields = [f for f in catalogue.record_type(name=record_type, on=date(2026, 11, 23)).fields if not f.legacy]
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(f.title for f in fields)
    writer.writerows([row.get(f.name, "") for f in fields] for row in rows)
    return buffer.getvalue().encode()
