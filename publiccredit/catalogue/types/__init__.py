"""
The values a pack may hold: frozen, and strict about every key.

One class per kind of file under ``packs/``. A class says what a file may contain; whether its references resolve and
whether a source stays within its catalogue item is decided in ``publiccredit.catalogue.loading``.
"""

from publiccredit.catalogue.types.base import (
    CONFIDENCE_TITLES,
    SEVERITY_TITLES,
    Audience,
    BasisLevel,
    CodeName,
    Confidence,
    Dated,
    Nature,
    Pack,
    Severity,
    SourceName,
    SubjectKind,
    Uscc,
)
from publiccredit.catalogue.types.bundle import Packs
from publiccredit.catalogue.types.directory import Calendar, Code, CodeTable, Department, DepartmentKind
from publiccredit.catalogue.types.forms import Column, Form, header_key, own_form
from publiccredit.catalogue.types.items import Category, Edition, Item, Right, Term
from publiccredit.catalogue.types.procedures import (
    Clock,
    ClockName,
    Condition,
    ConditionName,
    Effect,
    Ground,
    Outcome,
    PaperKind,
    Party,
    Procedure,
    ProcedureName,
    ProcedureStep,
    StepName,
    Switch,
    WithdrawalReason,
)
from publiccredit.catalogue.types.records import CheckUse, FieldRole, FieldType, RecordField, RecordType, RequiredWhen
from publiccredit.catalogue.types.sources import Expectation, Industry, IssueKind, IssueSeverity, Refusal, Source
from publiccredit.catalogue.types.terms import DisclosureTerm, DisclosureTerms, SeverityClassification, SeverityRule

__all__ = [
    "CONFIDENCE_TITLES",
    "SEVERITY_TITLES",
    "Audience",
    "BasisLevel",
    "Calendar",
    "Category",
    "CheckUse",
    "Clock",
    "ClockName",
    "Code",
    "CodeName",
    "CodeTable",
    "Column",
    "Condition",
    "ConditionName",
    "Confidence",
    "Dated",
    "Department",
    "DepartmentKind",
    "DisclosureTerm",
    "DisclosureTerms",
    "Edition",
    "Effect",
    "Expectation",
    "FieldRole",
    "FieldType",
    "Form",
    "Ground",
    "Industry",
    "IssueKind",
    "IssueSeverity",
    "Item",
    "Nature",
    "Outcome",
    "Pack",
    "Packs",
    "PaperKind",
    "Party",
    "Procedure",
    "ProcedureName",
    "ProcedureStep",
    "RecordField",
    "RecordType",
    "Refusal",
    "RequiredWhen",
    "Right",
    "Severity",
    "SeverityClassification",
    "SeverityRule",
    "Source",
    "SourceName",
    "StepName",
    "SubjectKind",
    "Switch",
    "Term",
    "Uscc",
    "WithdrawalReason",
    "header_key",
    "own_form",
]
