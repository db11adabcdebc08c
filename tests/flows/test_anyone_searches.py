"""One box finds subjects by name, part of a name, identifier, document number and first letters; nothing hidden."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from publiccredit.catalogue.types import Audience
from publiccredit.disclosure.nearest import nearest
from publiccredit.disclosure.search import in_every_word, search
from publiccredit.disclosure.search_total import Total, total
from publiccredit.disclosure.search_words import UnableToSearch, asked_for, folded
from publiccredit.subjects.models import Identifier, SubjectName
from tests.factories import KNOWN_AT, stored_licence, stored_record, stored_subject, synthetic_uscc

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_program")]
TODAY = date(2026, 6, 1)


def _known(number: int, name: str, **columns: str) -> None:
    stored_licence(subject=stored_subject(number=number, name=name, **columns), number=number)


def _found(words: str, *, on: date = TODAY, audience: Audience = Audience.PUBLIC) -> list[tuple[str, str]]:
    page = search(words=words, audience=audience, on=on)
    return [(hit.name, hit.reason) for hit in page.hits]


def test_exact_comes_before_beginning_before_part_and_the_living_before_the_dead() -> None:
    _known(1, "淮北鑫源")
    _known(2, "鑫源建材", registration_status="deregistered")
    _known(3, "鑫源商贸")
    _known(4, "鑫源", registration_status="revoked")
    _known(5, "濉溪鑫源", registration_status="deregistered")
    _known(6, "安徽鑫源")
    assert _found("鑫源") == [
        ("鑫源", "exact"),
        ("鑫源商贸", "beginning"),
        ("鑫源建材", "beginning"),
        ("淮北鑫源", "within"),
        ("安徽鑫源", "within"),
        ("濉溪鑫源", "within"),
    ]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("濉溪县信用建材（安徽）有限公司", "exact"),
        ("濉溪县信用建材(安徽)有限公司", "exact"),
        (" 濉溪县 信用建材 ", "beginning"),
        ("信用", "within"),
        ("材安徽有", "within"),
        ("SXXXY", "initials"),
        ("sxxxyjc", "initials"),
        ("xyjc", "initials"),
        ("91000000000000017A", None),
        ("建筑", None),
    ],
)
def test_a_name_is_found_as_people_write_it(words: str, reason: str | None) -> None:
    _known(1, "濉溪县信用建材（安徽）有限公司")
    assert _found(words) == ([("濉溪县信用建材（安徽）有限公司", reason)] if reason else [])


def test_an_identifier_an_old_number_and_a_former_name_find_their_subject() -> None:
    subject = stored_subject(number=7, name="濉溪县新名商贸有限公司")
    stored_licence(subject=subject)
    Identifier.objects.create(
        subject=subject, scheme="registration_number", value="340621000012345", known_from=KNOWN_AT
    )
    SubjectName.objects.create(
        subject=subject,
        name="濉溪县旧名商贸有限公司",
        normalised_name="旧名商贸公司",
        borne_until=date(2025, 1, 1),
        known_from=KNOWN_AT,
    )
    assert subject.uscc is not None
    for words, reason in (
        (subject.uscc, "identifier"),
        (subject.uscc.lower(), "identifier"),
        ("340621000012345", "identifier"),
        ("濉溪县旧名商贸有限公司", "former_name"),
    ):
        assert _found(words) == [("濉溪县新名商贸有限公司", reason)]


@pytest.mark.parametrize("words", ["濉市监罚〔2026〕9号", "濉市监罚[2026]9号", "濉市监罚(2026)9号", "濉市监罚〔2026〕"])
def test_a_document_number_finds_its_subject_while_it_is_shown_and_not_a_day_longer(words: str) -> None:
    subject = stored_subject()
    stored_record(subject=subject, number=9)
    stored_licence(subject=subject)
    last = date(2027, 5, 19)
    assert _found(words, on=last) == [(subject.name, "document_number")]
    assert _found(words, on=last + timedelta(days=1)) == []
    assert _found(words, on=date(2026, 5, 21)) == []


def test_a_subject_of_whom_nothing_is_visible_is_not_found() -> None:
    subject = stored_subject(name="濉溪县隐去商贸有限公司")
    stored_record(subject=subject)
    assert subject.uscc is not None
    for words in ("隐去", subject.name, subject.uscc, "SXXYQ"):
        assert len(_found(words)) == 1
        assert _found(words, on=date(2027, 5, 20)) == []
        assert len(_found(words, on=date(2027, 5, 20), audience=Audience.SUBJECT)) == 1


@pytest.mark.parametrize("words", ["商贸", "SX", "濉溪", "XSM"])
def test_pages_follow_each_other_without_a_gap_or_a_repetition(words: str) -> None:
    for number in range(1, 48):
        status = "deregistered" if number % 5 == 0 else "active"
        place = "濉溪" if number % 3 else "宿州"
        _known(number, f"{place}{chr(0x4E00 + number * 7)}新商贸{number}", registration_status=status)
    whole = search(words=words, audience=Audience.PUBLIC, on=TODAY, limit=100)
    assert whole.next_cursor == ""
    walked: list[int] = []
    cursor = ""
    while True:
        page = search(words=words, audience=Audience.PUBLIC, on=TODAY, cursor=cursor, limit=5)
        walked += [hit.subject_id for hit in page.hits]
        cursor = page.next_cursor
        if not cursor:
            break
    assert walked == [hit.subject_id for hit in whole.hits]
    assert len(set(walked)) == len(walked) > 30


@pytest.mark.parametrize("words", ["", "信", " 信 ", "()", "\x00信", "a" * 101])
def test_too_little_or_too_much_is_answered_with_what_would_be_right(words: str) -> None:
    with pytest.raises(UnableToSearch, match="请"):
        search(words=words, audience=Audience.PUBLIC, on=TODAY)


@pytest.mark.parametrize("cursor", ["x", "WyJ4IiwgMSwgIiIsIDFd", "////", "bnVsbA", "WzEsMl0"])
def test_a_cursor_this_search_never_gave_is_refused(cursor: str) -> None:
    with pytest.raises(UnableToSearch, match="第一页"):
        search(words="商贸", audience=Audience.PUBLIC, on=TODAY, cursor=cursor)


@given(words=st.text(max_size=30).filter(lambda text: "\x00" not in text))
@settings(max_examples=60, deadline=None)
def test_no_words_make_the_search_fail(words: str) -> None:
    try:
        search(words=words, audience=Audience.PUBLIC, on=TODAY)
    except UnableToSearch:
        return


@given(words=st.text(alphabet="濉溪县 Ａabc（）()·-—％%_\\'\"【】12", max_size=30))
@settings(max_examples=60, deadline=None)
def test_the_database_folds_a_name_as_the_search_does(words: str) -> None:
    with connection.cursor() as cursor:
        one_width = words.replace("Ａ", "A").replace("％", "%")
        cursor.execute("SELECT search_folded(%s)", [one_width])
        assert cursor.fetchone()[0] == folded(words)


# --- where nothing is found -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "濉市监罚字〔2026〕9号",
        "濉市监罚〔2026〕第9号",
        "濉市监罚字【2026】第 9 号",
        "濉市监罚2026年第9号",
        "濉市监罚2026-9",
        "濉市监罚 2026 009",
    ],
)
@pytest.mark.parametrize("written", ["濉市监罚〔2026〕9号", "濉市监罚字〔2026〕第9号", "濉市监罚字〔2026〕0009号"])
def test_a_document_number_is_found_with_or_without_its_small_words(words: str, written: str) -> None:
    subject = stored_subject()
    stored_record(subject=subject, document_number=written)
    assert _found(words) == [(subject.name, "document_number")]
    assert _found(words.replace("9", "8", 1)) == []


def test_what_is_found_as_it_was_typed_asks_for_no_other_spelling() -> None:
    stored_record(subject=stored_subject(), document_number="濉市监罚字〔2026〕9号")
    asked = []
    for words in ("濉市监罚字〔2026〕9号", "濉市监罚〔2026〕9号"):
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert len(_found(words)) == 1
        asked.append(len(queries))
    assert asked[1] == asked[0] + 1


def _near(words: str, *, on: date = TODAY) -> tuple[str, list[tuple[str, str]]]:
    assert _found(words, on=on) == []
    given = nearest(words=words, audience=Audience.PUBLIC, on=on)
    said = [given.title, *given.said]
    return "".join(said), [(near.hit.name, near.difference) for near in given.near]


@pytest.mark.parametrize(
    ("typed", "said", "difference"),
    [
        ("91000000000000017", "您输入了 17 位，少了 1 位", "您少输了第 18 位“A”"),
        ("9100000000000017A", "您输入了 17 位，少了 1 位", "您少输了第 15 位“0”"),
        ("910000000000000017A", "您输入了 19 位，多了 1 位", "您多输了第 16 位“0”"),
        ("91000000000000077A", "校验不符", "第 16 位您输入的是“7”，这里是“1”"),
        ("91000000000000071A", "校验不符", "第 16、17 位前后颠倒"),
        ("9100000000000O017A", "第 14 位是字母 O", "第 14 位您输入的是“O”，这里是“0”"),
        ("91OOOOOOOOOOOOO17A", "第 3 位是字母 O", None),
        ("91A00000000000017A", "第 3 位应当是数字", "第 3 位您输入的是“A”，这里是“0”"),
    ],
)
def test_a_wrong_code_is_explained_by_its_place_and_leads_to_the_nearest_on_file(
    typed: str, said: str, difference: str | None
) -> None:
    subject = stored_subject(uscc="91000000000000017A")
    stored_licence(subject=subject)
    told, near = _near(typed)
    assert said in told
    assert near == ([(subject.name, difference)] if difference else [(subject.name, "多处的字母应当是数字")])


def test_a_code_that_is_right_and_not_on_file_is_told_so_and_a_resident_s_number_is_compared_with_nothing() -> None:
    subject = stored_subject(number=1)
    stored_licence(subject=subject)
    assert _near(synthetic_uscc(70)) == (
        "没有这个代码代码的写法正确，但平台没有以它公示的记录。公示期已满、已经修复或撤销的记录不再显示。",
        [],
    )
    told, near = _near("110101199001010017")
    assert "居民身份证" in told
    assert near == []


@pytest.mark.parametrize(
    ("typed", "difference"),
    [
        ("濉溪县信甩建材有限公司", "第 5 个字您输入的是“甩”，这里是“用”"),  # another sound
        ("濉溪县信佣建材有限公司", "第 5 个字您输入的是“佣”，这里是“用”"),  # the same sound
        ("濉溪县信建材有限公司", "您少输了第 5 个字“用”"),
        ("濉溪县信用用建材有限公司", "您多输了第 6 个字“用”"),
        ("濉溪县用信建材有限公司", "第 4、5 个字前后颠倒"),
        ("信甩建材", "第 2 个字您输入的是“甩”，这里是“用”"),
        ("溪县信用建村", "第 6 个字您输入的是“村”，这里是“材”"),
        ("信用材有限", "您少输了第 3 个字“建”"),
    ],
)
def test_one_wrong_character_of_a_name_names_the_nearest(typed: str, difference: str) -> None:
    _known(1, "濉溪县信用建材有限公司")
    _known(2, "濉溪县远方商贸有限公司")
    assert _near(typed) == ("没有完全相符的，名称相近的有", [("濉溪县信用建材有限公司", difference)])


def test_what_is_hidden_or_further_away_is_near_to_nothing() -> None:
    subject = stored_subject(name="濉溪县隐去商贸有限公司")
    stored_record(subject=subject)
    assert subject.uscc is not None
    ended = date(2027, 5, 20)
    for words in ("濉溪县隐去商茂有限公司", subject.uscc[:-1]):
        assert len(_near(words)[1]) == 1
        assert _near(words, on=ended)[1] == []
    assert _near("濉溪县隐云商茂有限公司")[1] == []
    assert _near("隐云")[1] == []


@given(words=st.text(alphabet="濉溪县信用建材0129AXO〔〕字第号%_\\", min_size=2, max_size=24))
@settings(max_examples=60, deadline=None)
def test_no_words_make_the_help_fail(words: str) -> None:
    try:
        nearest(words=words, audience=Audience.PUBLIC, on=TODAY)
    except UnableToSearch:
        return


# --- several words, and how many answer -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("铁佛镇 餐馆", [("濉溪县铁佛镇王家餐馆", "words"), ("濉溪县铁佛镇北湖餐馆管理有限公司", "words")]),
        ("餐馆　铁佛镇", [("濉溪县铁佛镇王家餐馆", "words"), ("濉溪县铁佛镇北湖餐馆管理有限公司", "words")]),
        ("铁佛镇\t王家", [("濉溪县铁佛镇王家餐馆", "within")]),
        ("铁佛镇 餐馆 公司", [("濉溪县铁佛镇北湖餐馆管理有限公司", "words")]),
        (
            "濉溪 餐馆",
            [
                ("濉溪县铁佛镇王家餐馆", "words"),
                ("濉溪县铁佛镇北湖餐馆管理有限公司", "words"),
                ("濉溪县百善镇李家餐馆", "words"),
            ],
        ),
        ("铁佛 BHC", [("濉溪县铁佛镇北湖餐馆管理有限公司", "words")]),
        ("SXXTF CG", [("濉溪县铁佛镇王家餐馆", "words"), ("濉溪县铁佛镇北湖餐馆管理有限公司", "words")]),
        ("濉溪县 铁佛镇 王家餐馆", [("濉溪县铁佛镇王家餐馆", "exact")]),
        (
            "铁 佛 镇",
            [
                ("濉溪县铁佛镇王家餐馆", "within"),
                ("濉溪县铁佛镇北湖餐馆管理有限公司", "within"),
                ("濉溪县铁佛镇五金商行", "within"),
            ],
        ),
        ("铁佛镇 药店", []),
        ("王 铁", []),
    ],
)
def test_a_name_holds_every_word_between_blanks(words: str, found: list[tuple[str, str]]) -> None:
    _known(1, "濉溪县铁佛镇王家餐馆")
    _known(2, "濉溪县铁佛镇北湖餐馆管理有限公司")
    _known(3, "濉溪县百善镇李家餐馆")
    _known(4, "濉溪县铁佛镇五金商行")
    assert _found(words) == found
    counted = total(words=words, audience=Audience.PUBLIC, on=TODAY)
    assert (counted.number, counted.more) == (len(_found(words)), False)


@pytest.mark.parametrize(("share", "narrowed"), [(0.6, True), (0.0001, False)])
def test_letters_narrow_what_most_names_hold(monkeypatch: pytest.MonkeyPatch, share: float, narrowed: bool) -> None:
    monkeypatch.setattr("publiccredit.disclosure.search.frequent_pairs", lambda: {"餐馆": share})
    _known(1, "濉溪县铁佛镇王家餐馆")
    _known(2, "濉溪县铁佛镇北湖餐馆")
    _, index, _ = in_every_word(asked_for("餐馆 BHC"))
    assert ("search_bigrams" in index, "pinyin_initials LIKE" in index) == (True, narrowed)
    assert _found("餐馆 BHC") == [("濉溪县铁佛镇北湖餐馆", "words")]


@pytest.mark.parametrize("words", ["商贸", "SX", "濉溪", "XSM", "濉溪 商贸", "新商 濉溪 贸", "XSM SX", "淮南"])
def test_as_many_are_told_as_all_pages_show(words: str) -> None:
    for number in range(1, 48):
        place = "濉溪" if number % 3 else "宿州"
        _known(number, f"{place}{chr(0x4E00 + number * 7)}新商贸{number}")
    stored_subject(number=50, name="濉溪隐去新商贸")
    whole = search(words=words, audience=Audience.PUBLIC, on=TODAY, limit=100)
    assert (whole.next_cursor, len({hit.subject_id for hit in whole.hits})) == ("", len(whole.hits))
    assert total(words=words, audience=Audience.PUBLIC, on=TODAY) == Total(len(whole.hits), more=False)
    walked, cursor = [], ""
    while True:
        page = search(words=words, audience=Audience.PUBLIC, on=TODAY, cursor=cursor, limit=5)
        walked += [hit.subject_id for hit in page.hits]
        if not (cursor := page.next_cursor):
            break
    assert walked == [hit.subject_id for hit in whole.hits]


def test_beyond_the_bound_it_is_said_that_there_are_more(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publiccredit.disclosure.search_total.COUNTED_TO", 25)
    for number in range(1, 30):
        _known(number, f"濉溪新商贸{number}")
        if number == 3:
            assert "共 3 个" in client.get("/search/?q=商贸").content.decode()
        if number == 25:
            assert "共 25 个" in client.get("/search/?q=商贸").content.decode()
    assert "25 个以上" in client.get("/search/?q=商贸").content.decode()
