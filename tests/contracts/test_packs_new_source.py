"""A new source is YAML and samples, no Python: the guide is followed to the letter, and the source works."""

import re
import shutil
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from publiccredit.catalogue import queries
from publiccredit.catalogue.generation import generated_files
from publiccredit.catalogue.types import Packs
from tests.samples import SUBMITTED_ON, check, samples

GUIDE = Path(__file__).resolve().parents[2] / "docs/guide/add-a-source.md"
FILES = re.compile(r"^```\w+ packs/(\S+)\n(.*?)^```$", re.M | re.S)


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Packs:
    folder = tmp_path_factory.mktemp("county") / "packs"
    shutil.copytree(queries.OWN_PACKS, folder)
    for name, content in FILES.findall(GUIDE.read_text("utf-8")):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert not path.exists(), f"the guide shows {name} as new"
        path.write_text(content, "utf-8")
    return queries.packs(path=folder)


def test_the_guide_adds_yaml_and_samples_only(packs):
    names = [name for name, _ in FILES.findall(GUIDE.read_text("utf-8"))]
    assert names == [
        "industries/agriculture/industry.yml",
        "industries/agriculture/sources/penalty.yml",
        "industries/agriculture/samples/accepted/penalty.csv",
        "industries/agriculture/samples/returned/penalty.csv",
        "industries/agriculture/samples/returned/penalty.csv.issues.yml",
    ]


def test_the_department_may_send_it(packs):
    sources = queries.sources_of(department="agriculture_rural", on=SUBMITTED_ON, within=packs)
    assert [s.name for s in sources] == ["agriculture/penalty"]


def test_its_samples_behave(packs):
    of_source = [s for s in samples(packs) if s.source.name == "agriculture/penalty"]
    accepted, returned = (check(s, packs) for s in of_source)
    assert (accepted.rows, accepted.accepted, accepted.findings) == (2, 2, [])
    assert (returned.rows, returned.accepted, returned.findings) == (2, 0, of_source[1].expected())


def test_its_template_and_pages_are_made(packs):
    source = queries.source(name="agriculture/penalty", within=packs)
    book = openpyxl.load_workbook(BytesIO(queries.template(source=source, on=date(2026, 11, 23), within=packs)))
    assert book.worksheets[0]["A1"].value.startswith("农业农村行政处罚报送表")
    assert "docs/catalogue/sources/agriculture-penalty.md" in generated_files(packs)
