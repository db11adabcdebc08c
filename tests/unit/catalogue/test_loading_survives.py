"""Whatever is written into a pack, it loads or it is refused with reasons: the loader itself never falls over."""

import shutil
from pathlib import Path

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publiccredit.catalogue import queries
from publiccredit.catalogue.loading import UnableToLoadPack, load_packs

FILES = (
    "catalogue/national_2024.yml",
    "record_types/administrative_penalty.yml",
    "exchanges/penalty_2015.yml",
    "codes/penalty_kind.yml",
    "departments/county.yml",
    "calendars/2026.yml",
    "statutory_holidays.yml",
    "disclosure/terms/order_36.yml",
    "disclosure/severity/penalty_severity.yml",
    "industries/taxation/industry.yml",
    "industries/taxation/sources/penalty.yml",
    "issues.yml",
)
STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3000),
    st.dates(),
    st.text(max_size=5),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def places(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [p for key, inner in inside for p in ((*path, key), *places(inner, (*path, key)))]


def changed(value: object, path: tuple[object, ...], new: object) -> object:
    key, *rest = path
    copy = value.copy()
    copy[key] = changed(copy[key], tuple(rest), new) if rest else new
    return copy


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.data())
def test_a_changed_pack_loads_or_is_refused_with_reasons(tmp_path: Path, content: st.DataObject):
    folder = tmp_path / "packs"
    if not folder.exists():
        shutil.copytree(
            queries.OWN_PACKS, folder, ignore=shutil.ignore_patterns("samples", "20[01]*.yml", "202[0-4].yml")
        )
    file = content.draw(st.sampled_from(FILES))
    value = yaml.safe_load((queries.OWN_PACKS / file).read_text("utf-8"))
    path = content.draw(st.sampled_from(places(value)))
    new = changed(value, path, content.draw(STRANGE))
    (folder / file).write_text(yaml.safe_dump(new, allow_unicode=True), "utf-8")
    try:
        packs = load_packs.__wrapped__(folder)
        assert len(packs.version) == 64
    except UnableToLoadPack as refusal:
        assert refusal.problems
        assert all(p.found and p.remedy for p in refusal.problems)
    finally:
        shutil.copy(queries.OWN_PACKS / file, folder / file)
