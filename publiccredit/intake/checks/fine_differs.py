"""“处罚内容”只写了一个金额、写明是罚款而没有没收的，罚款金额与它不同，接受该行并提示核对（本平台校验规则；同一事项两处应当一致）。"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

import polars as pl

from publiccredit.catalogue.types.amounts import FEN_IN_WAN
from publiccredit.intake.checks import amount_in_yuan
from publiccredit.intake.checks.named_amounts import named_amounts
from publiccredit.intake.checks.rule import Rule
from publiccredit.intake.checks.rulebook import Rulebook
from publiccredit.intake.types import CheckContext

NAME = "fine_differs"
_NAMED = "?named"
_BETWEEN = "(?:人民币|金额|数额|合计|共计|[¥￥：:为计 ])*"
_NUMERALS = "〇零一二三四五六七八九十两壹贰叁肆伍陆柒捌玖拾"
# The text says of an amount that it is the fine: 罚款人民币12,000元, 处以1.2万元罚款.
_SAID = rf"罚款{_BETWEEN}[0-9０-９{_NUMERALS}]|元整?的?罚款"
# The first amount in digits. Where it is that of the column, the text names it, alone or among others: no doubt.
_IN_DIGITS = r"([0-9][0-9,.]*万?)元"
# A fine of each of several, by the day, or between two bounds is not the amount of the column.
_MORE_THAN_ONE = "没收|每|各|分别|按日|逐日|加处|以上|以下|不超过|减"


def rules(book: Rulebook, context: CheckContext) -> Iterator[Rule]:  # noqa: ARG001 - every check has one shape
    returned_from = {n: u.threshold for u in book.uses(amount_in_yuan.NAME) if u.named_in for n in u.fields}
    for use in book.uses(NAME):
        for name in use.fields:
            if use.named_in:
                yield _rule(book, name, use.named_in, returned_from.get(name))


def _rule(book: Rulebook, name: str, text: str, threshold: str | None) -> Rule:
    fen, named = pl.col(name), pl.col(_NAMED)
    said = named.list.first()
    # What is sent back for its amount is told that, and this not as well.
    returned = (fen == said * amount_in_yuan.TIMES) | (
        (fen >= int(Decimal(threshold) * FEN_IN_WAN)) if threshold else pl.lit(value=False)
    )
    return Rule(
        NAME,
        book.record_type.field(name),
        (named.list.len() == 1) & (fen != said) & ~returned & ~pl.col(text).str.contains(_MORE_THAN_ONE),
        pl.concat_str(
            pl.lit("现读作 "), amount_in_yuan.decimal(fen, 2),
            pl.lit(f" 元，而同行“{book.record_type.field(text).title}”写明罚款 "), amount_in_yuan.decimal(said, 2),
            pl.lit(" 元"),
        ),
        suspect=pl.map_batches([name, text], _suspect, return_dtype=pl.Boolean),
        of_suspects=pl.col(text).map_batches(named_amounts, return_dtype=pl.List(pl.Int64)).alias(_NAMED),
    )  # fmt: skip


def _suspect(columns: Sequence[pl.Series]) -> pl.Series:
    """Rows whose text speaks of a fine of so much, without those in which these digits are the amount of the column."""
    fen, text = columns
    asked = ((fen > 0) & text.str.contains(_SAID)).fill_null(value=False)
    places = asked.arg_true()
    if not len(places):
        return asked
    cells = pl.DataFrame({"fen": fen.gather(places), "said": text.gather(places).str.extract(_IN_DIGITS)})
    number = pl.col("said").str.strip_suffix("万").str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False)
    unit = pl.when(pl.col("said").str.ends_with("万")).then(float(FEN_IN_WAN)).otherwise(100.0)
    agree = cells.select(((number * unit).round() == pl.col("fen")).fill_null(value=False)).to_series()
    return asked.scatter(places.filter(agree), False)
