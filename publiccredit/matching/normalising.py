"""
The form of a name in which two spellings of one enterprise are equal.

Width, case, traditional characters, blanks and marks do not distinguish; a region before the name is taken off and
told apart, and the legal form behind it is shortened: 安徽省濉溪县宏达建材有限责任公司 and 濉溪宏达建材（有限公司） are
both 宏达建材公司 of 340621.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import opencc

# The registrable forms that are written now in full, now shortened. What is not here stays part of the name.
FORMS = (
    ("股份有限责任公司", "股份公司"),
    ("股份有限公司", "股份公司"),
    ("股份公司", "股份公司"),
    ("有限责任公司", "公司"),
    ("有限公司", "公司"),
    ("公司", "公司"),
)
_FORM_WORDS = frozenset(word for form in FORMS for word in form)
SHORTEST_CORE = 2

# 《法人和其他组织统一社会信用代码编码规则》(GB 32100-2015): the registering body and the kind it registers.
KIND_OF_PREFIX = {
    "91": "enterprise",
    "92": "individual_business",
    "93": "enterprise",
    "11": "government_body",
    "12": "institution",
    "13": "social_organisation",
    "51": "social_organisation",
    "52": "social_organisation",
    "53": "social_organisation",
    "N1": "village_collective",
    "N2": "village_collective",
    "N3": "village_collective",
}
NO_REAL_REGION = "000000"  # of synthetic subjects


@dataclass(frozen=True)
class NormalisedName:
    """``name`` without region and with its form shortened, ``core`` without form, the region's code or nothing."""

    name: str
    core: str
    region: str


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    """Traditional to simplified, character by character: the table of OpenCC, at the speed of ``str.translate``."""
    table = Path(opencc.__file__).parent / "dictionary" / "TSCharacters.txt"
    pairs = (line.split("\t") for line in table.read_text(encoding="utf-8").splitlines() if "\t" in line)
    return {ord(traditional): simple.split()[0] for traditional, simple in pairs}


@lru_cache(maxsize=1)
def _plain_ascii() -> dict[int, int | None]:
    """Full-width forms and marks of names, so that most names need no slower step."""
    wide = {code + 0xFEE0: code for code in range(0x21, 0x7F)}
    return {**wide, **{ord(c): None for c in " \t\u3000()（）·•.-—_,，、“”\"'《》〈〉[]【】&"}}


def plain_name(*, name: str) -> str:
    """Give a name with one width, one case, simplified characters, and neither blanks nor marks."""
    plain = name.translate(_plain_ascii())
    while True:
        folded = unicodedata.normalize("NFKC", plain).upper().translate(_simplified())
        folded = "".join(c for c in folded if c.isalnum()) if not folded.isalnum() else folded
        if folded == plain:
            return plain
        plain = folded


def normalise_name(*, name: str, regions: Mapping[str, str]) -> NormalisedName:
    """Give the normal form of a name; ``regions`` gives the code of each spelling of a region."""
    rest, region = plain_name(name=name), ""
    while True:
        shorter, found = _without_region(rest, region, regions)
        shortened = _with_short_form(shorter)
        if shortened == rest:
            break
        rest, region = shortened, found
    form = next((short for _, short in FORMS if rest.endswith(short)), "")
    return NormalisedName(name=rest, core=rest.removesuffix(form) or rest, region=region)


def _without_region(name: str, within: str, regions: Mapping[str, str]) -> tuple[str, str]:
    for length in range(min(6, len(name) - SHORTEST_CORE), 1, -1):
        code = regions.get(name[:length])
        # 合肥太湖投资公司 bears the region 合肥 and the name 太湖: a second region must lie within the first.
        if code is not None and code.startswith(_prefix(within)) and name[length:] not in _FORM_WORDS:
            return name[length:], code
    return name, within


def _prefix(code: str) -> str:
    """Give what the codes of all regions within a region begin with: 340600 → 3406."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def _with_short_form(name: str) -> str:
    for form, short in FORMS:
        if name.endswith(form) and len(name) - len(form) >= SHORTEST_CORE:
            return name.removesuffix(form) + short
    return name


def region_of(*, named: str, uscc: str | None) -> str:
    """Give the region of a subject: the county in its name, else that in its identifier, else what its name says."""
    if named and not named.endswith("00"):
        return named
    in_identifier = uscc[2:8] if uscc else NO_REAL_REGION
    return named if in_identifier == NO_REAL_REGION else in_identifier


def region_in_address(*, address: str, regions: Mapping[str, str]) -> str:
    """Give the innermost region an address begins with, or nothing."""
    rest, region = plain_name(name=address), ""
    while True:
        shorter, found = _without_region(rest, region, regions)
        if shorter == rest:
            return region
        rest, region = shorter, found


def kind_of(*, uscc: str | None, category: str | None) -> str:
    """Give the kind of subject its identifier says, else the category the sender stated."""
    if uscc and uscc[:2] in KIND_OF_PREFIX:
        return KIND_OF_PREFIX[uscc[:2]]
    return "individual_business" if category == "个体工商户" else "enterprise"
