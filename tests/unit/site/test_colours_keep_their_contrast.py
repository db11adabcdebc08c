"""Every pair of a text and a ground that the stylesheet uses reads at 7:1; borders of controls at 3:1."""

import re

import pytest

from tests.environment import ROOT

TOKENS = dict(
    re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", (ROOT / "publiccredit/site/static/site/tokens.css").read_text())
)
TEXT_ON_GROUND = [
    *((text, ground) for text in ("ink", "ink-2") for ground in ("paper", "paper-2", "paper-3")),
    *((text, ground) for text in ("action", "adverse", "ended-well") for ground in ("paper", "paper-2")),
    ("paper", "action"),
    ("paper", "action-dark"),
    ("paper", "adverse"),
    ("action", "action-pale"),
    ("action-dark", "action-pale"),
    ("adverse", "adverse-pale"),
    ("ended-well", "ended-well-pale"),
]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_reads_at_seven_to_one(text: str, ground: str) -> None:
    assert contrast(TOKENS[text], TOKENS[ground]) >= 7


def test_the_border_of_a_control_stands_out_from_the_page() -> None:
    assert contrast(TOKENS["edge"], TOKENS["paper"]) >= 3


def test_no_stylesheet_names_a_colour_outside_the_tokens() -> None:
    found = {
        colour
        for file in (ROOT / "publiccredit/site/static/site").glob("*.css")
        if file.name not in ("tokens.css", "print.css")
        for colour in re.findall(r"#[0-9a-f]{3,6}\b", file.read_text())
    }
    assert found == {"#fff"}
