"""Names turn into the letters people type."""

import pytest

from publiccredit.subjects.pinyin import pinyin_initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("濉溪县信用建材有限公司", "SXXXYJCYXGS"),
        ("重庆银行亳州分行", "CQYHBZFH"),
        ("濉溪县长城会计服务部", "SXXCCKJFWB"),
        ("淮北A8(中国)科技有限公司", "HBA8ZGKJYXGS"),
        ("", ""),
    ],
)
def test_a_name_gives_the_first_letters_of_its_syllables(name: str, letters: str) -> None:
    assert pinyin_initials(name=name) == letters
