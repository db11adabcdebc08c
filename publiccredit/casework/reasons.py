"""
The guard of a decision's reasons: words of its own, and no blank of the template, however it was filled up (DP-23).

Three questions, each answered by a sentence that shows the place: does a run of signs stand where words belong, is a
blank of the template still empty, and is anything said beside the template? What honest reasons hold is let through:
masked numbers (138****5678), masked names (张某某, 李××), omissions inside a quotation, years written 二〇二五.
"""

import re
import unicodedata
from difflib import SequenceMatcher

LEAST_REASONS = 10  # characters, blanks apart; the database says the same
LEAST_OWN = 4  # characters beside the template, where it asks for reasons, facts or evidence
LEAST_FILLED = 2  # the same, where it asks for names and numbers only: 遗漏“金额”
LONG_CLAUSE = 4  # a clause of the template this long is the template's wherever it stands
SHOWN = 3  # places named in one sentence

BLANK = re.compile("_{2,}")  # what a template leaves to be written
_ASKING = re.compile(r"(?:理由|事实|证据|措施|申辩|依据)[是为]:?$")
_NOTHING = frozenset(("略", "同上", "见上", "如上", "待定", "待补", "待填", "待补充"))
_NO_REASON = _NOTHING | {"无", "空", "如题", "暂无", "理由", "原因"}
_ENDS = r"(?=[,。;、.!?)”』」】]|$)"
_UNITS = "年月日号元条款项"
_CHINESE = r"\u4e00-\u9fff"
_SIGNS = r"[_.·×*Xx\-—?]"
_LEFT_OPEN = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<![A-Za-z])[Xx]{3,}(?![A-Za-z0-9\-])",
        r"[×*]{4,}(?![A-Za-z0-9×*])",
        rf"(?<![{_CHINESE}×*])[×*]{{2,}}(?![A-Za-z0-9×*])",
        r"(?<=[是为于由经向第])[×*]{2,3}(?![A-Za-z0-9×*])",
        rf"(?<![A-Za-z0-9])[Xx]{{2}}(?=[{_UNITS}])",
        r"(?<![A-Za-z0-9])[Xx](?=[年月日元])",
        rf"(?<![0-9×*])[×*]{{1,3}}(?=[{_UNITS}])",
        r"(?<![零〇一二三四五六七八九十○])[○◯]{2,}(?![零〇一二三四五六七八九十○])",
        r"[□■▇△▲]{2,}",
        r"某{3,}|某年某月",
        rf"(?:理由|事实|证据|措施|申辩)[是为]:?{_ENDS}",
        rf"(?:^|(?<=[是为于以由向:]))(?:\.{{3,}}|。{{2,}}|·{{2,}}|\?{{2,}}|[-—]{{2,}}|/{{2,}})(?:{_ENDS}|(?=[{_UNITS}]))",
    )
)
_LEFT_OPEN_EVEN_IN_QUOTES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<![A-Za-z0-9])_{2,}|_{2,}(?![A-Za-z0-9_])|_{4,}",
        rf"[【\[({{<《〔](?:[Xx×_]?|{_SIGNS}{{2,}})[】\])}}>》〕]|[“‘「『](?:{_SIGNS}{{2,}})?[”’」』]",
        r"[【\[({<][^】\])}>]{0,12}(?:填写|待填|待补)[^】\])}>]{0,12}[】\])}>]",
    )
)
_ONLY_SIGNS = re.compile("[Xx某]{2,}")
# what a paper says is quoted with the signs it has itself
_QUOTED = re.compile(rf"“[^“”_]*(?!某)[{_CHINESE}0-9A-WYZa-wyz][^“”_]*”")


def fault_of_reasons(*, text: str, template: str) -> str:
    """Return what is wrong with the reasons of a decision in one sentence for whoever writes them, or nothing."""
    length = len(re.sub(r"\s", "", text))
    if length < LEAST_REASONS:
        return f"请写明理由，至少 {LEAST_REASONS} 字，实为 {length} 字。"
    written, asked = _plain(text), _plain(template)
    open_places = _left_open(written) or _empty_blanks(written, asked)
    if open_places:
        shown = "、".join(f"“{place}”" for place in open_places[:SHOWN])
        untouched = "仍是模板原文，" if _signs_apart(written) == _signs_apart(asked) else "中"
        return (
            f"理由{untouched}还有未填的空白：{shown}。请在这里写出本案的事实和依据；要隐去姓名的，写成“张某”；要隐去号码的，"
            "保留末几位。"
        )
    own = _own_characters(written, asked)
    asks = any(_ASKING.search(piece) for piece in BLANK.split(asked))
    least = LEAST_OWN if asks or not BLANK.search(asked) else LEAST_FILLED
    if own < least:
        return (
            f"理由几乎全是模板原文，自己写的只有 {own} 字。"
            "请写出本案的事实和依据：查了什么文书，其中写明什么，所以怎样决定。"
        )
    return ""


def _plain(text: str) -> str:
    """Write full-width signs as plain ones, and drop blanks: neither makes a placeholder an answer."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def _left_open(written: str) -> list[str]:
    told = _QUOTED.sub(lambda quoted: "“" + "引" * (len(quoted[0]) - 2) + "”", written)
    found = [match for pattern in _LEFT_OPEN for match in pattern.finditer(told)]
    found += [match for pattern in _LEFT_OPEN_EVEN_IN_QUOTES for match in pattern.finditer(written)]
    return list(dict.fromkeys(_around(written, match) for match in found))


def _around(written: str, match: re.Match[str]) -> str:
    before = re.split("[,。;]", written[max(0, match.start() - 6) : match.start()])[-1]
    return before + written[match.start() : match.end() + 1].rstrip(",。;")


def _empty_blanks(written: str, asked: str) -> list[str]:
    """Compare with the template as far as it still stands word for word: what was put into each blank?"""
    first, *pieces = [_signs_apart(piece) for piece in BLANK.split(asked)]
    text = _signs_apart(written)
    if not pieces or not text.startswith(first) or not text.endswith(pieces[-1]):
        return []
    empty, before, at = [], first, len(first)
    for piece in pieces:
        found = len(text) - len(piece) if piece is pieces[-1] else text.find(piece, at)
        if found < at:
            return []
        filled = text[at:found]
        asks = _ASKING.search(before) and not before.endswith("申辩是")
        if not filled or filled in (_NO_REASON if asks else _NOTHING) or _ONLY_SIGNS.fullmatch(filled):
            empty.append(f"{before[-6:]}{filled or '____'}")
        before, at = piece, found + len(piece)
    return empty


def _signs_apart(text: str) -> str:
    return re.sub(r"[^\u3400-\u9fffA-Za-z0-9]", "", text)


def _own_characters(written: str, asked: str) -> int:
    """Count the characters that are not the template's, however often it was repeated or its signs were changed."""
    clauses = {_signs_apart(clause) for clause in re.split(r"_{2,}|[,。;:“”]", asked)}
    rest = _signs_apart(written)
    for clause in sorted((c for c in clauses if len(c) >= LONG_CLAUSE), key=len, reverse=True):
        rest = rest.replace(clause, "")
    theirs = SequenceMatcher(None, rest, _signs_apart(asked), autojunk=False)
    return len(rest) - sum(block.size for block in theirs.get_matching_blocks() if block.size > 1)
