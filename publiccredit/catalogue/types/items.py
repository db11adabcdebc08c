"""The glossary and the catalogue editions: ``packs/glossary.yml``, ``packs/catalogue/<edition>.yml``."""

from publiccredit.catalogue.types.base import Audience, BasisLevel, CodeName, Confidence, Dated, Pack, SubjectKind


class Term(Pack):
    zh: str
    en: str
    code: str | None = None
    meaning: str
    source: str
    confidence: Confidence
    banned: tuple[str, ...] = ()


# --- rights.yml -----------------------------------------------------------------------------------------------------


class Right(Pack):
    """What a subject may expect and demand, in the reader's words. An empty basis is the platform's own promise."""

    title: str
    text: str
    basis: str
    confidence: Confidence


class Item(Pack):
    """A catalogue item: what may be held, of whom, how open, how long (深圳经济特区社会信用条例第三十四条 as model)."""

    code: str  # "3.1"; its full name is "<edition>/<code>"
    title: str
    record_types: tuple[CodeName, ...]
    subject_kinds: tuple[SubjectKind, ...]
    openness: Audience
    providers: str  # in words: who provides it
    retention: str  # in words: how long it is disclosed; the numbers stand in packs/disclosure
    retention_months: int | None = None  # ceiling a source may only narrow; empty where no ceiling is stated
    update: str
    basis: str
    basis_level: BasisLevel
    confidence: Confidence


class Category(Pack):
    """One of the chapters of a catalogue edition. Items of it are held only where a source needs them."""

    code: str
    title: str
    confidence: Confidence


class Edition(Dated):
    name: CodeName
    title: str
    issuer: str
    source: str
    confidence: Confidence
    categories: tuple[Category, ...]
    items: tuple[Item, ...]
