"""The enterprises of the county, the same for the same seed."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from publiccredit.site.demo.identifiers import synthetic_uscc
from publiccredit.site.demo.words import BRAND_CHARACTERS, GIVEN, SECTORS, STREETS, SURNAMES, TOWNS, Sector

SHOPS_SHARE = 0.3
COOPERATIVES_SHARE = 0.05
FIRST_REGISTRATION = date(2009, 3, 2)


@dataclass(frozen=True)
class Enterprise:
    """What its business licence says."""

    name: str
    uscc: str
    category: str  # of the dual publicity forms
    form: str
    sector: Sector
    representative: str
    capital_yuan: int
    registered_on: date
    address: str


def chance(*parts: object) -> random.Random:
    """Give a source of chance that is the same for the same parts: a demonstration, no secret."""
    return random.Random(":".join(map(str, parts)))  # noqa: S311


def enterprises(*, number: int, seed: str, until: date) -> tuple[Enterprise, ...]:
    """Give the enterprises registered until a day, in the order of their registration."""
    luck = chance(seed, "enterprises")
    taken: set[str] = set()
    days = sorted(luck.randrange((until - FIRST_REGISTRATION).days) for _ in range(number))
    return tuple(
        _enterprise(luck, place, FIRST_REGISTRATION + timedelta(days=day), taken) for place, day in enumerate(days)
    )


def _enterprise(luck: random.Random, place: int, registered_on: date, taken: set[str]) -> Enterprise:
    sector = luck.choices(SECTORS, weights=[s.share for s in SECTORS])[0]
    town = luck.choice(TOWNS)
    kind, category, form, tail = _legal_form(luck, sector)
    brand = _brand(luck, taken)
    before = f"濉溪县{town}" if kind == "92" else luck.choice(("濉溪县", "濉溪县", "濉溪", "安徽"))
    capital = 0 if kind == "92" else luck.choice((10, 50, 100, 200, 500, 800, 1000, 2000, 5000)) * 10_000
    return Enterprise(
        name=f"{before}{brand}{tail}",
        uscc=synthetic_uscc(10_000 + place, kind=kind),
        category=category,
        form=form,
        sector=sector,
        representative=luck.choice(SURNAMES) + luck.choice(GIVEN),
        capital_yuan=capital,
        registered_on=registered_on,
        address=f"安徽省淮北市濉溪县{town}{luck.choice(STREETS)}{luck.randint(1, 320)}号",
    )


def _legal_form(luck: random.Random, sector: Sector) -> tuple[str, str, str, str]:
    draw = luck.random()
    if sector.shop and draw < SHOPS_SHARE:
        return "92", "个体工商户", "个体工商户", sector.shop
    if draw > 1 - COOPERATIVES_SHARE:
        return "93", "法人及非法人组织", "农民专业合作社", "种植专业合作社"
    if draw > 0.9:
        return "91", "法人及非法人组织", "股份有限公司", f"{luck.choice(sector.words)}股份有限公司"
    return "91", "法人及非法人组织", "有限责任公司", f"{luck.choice(sector.words)}有限公司"


def _brand(luck: random.Random, taken: set[str]) -> str:
    while True:
        brand = "".join(luck.sample(BRAND_CHARACTERS, luck.choice((2, 3, 3))))
        if brand not in taken:
            taken.add(brand)
            return brand
