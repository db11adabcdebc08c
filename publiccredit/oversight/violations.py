"""
Due process asked of what is on file: every rule has a view in the database that must be empty (migration 0001).

The count of each is found every night, entered in the ledger and published: a rule nobody can check is a promise.
"""

import json
from datetime import datetime

from django.db import connection

from publiccredit.accounts.operations import acting
from publiccredit.accounts.types import PROGRAM
from publiccredit.ledger.queries import latest_entries
from publiccredit.oversight.types import CheckedRules, Found, RuleKept

OPERATION = "check_rules"
SHOWN = 20  # of what breaks one rule; its number is counted whole

RULES: dict[str, str] = {
    "01": "失信记录都有生效的文书：文书号、决定机关、决定日期",
    "02": "送达先于公示；决定生效时已有决定书",
    "08": "失信记录都有程度和公示期限",
    "09": "主体档案中没有自然人",
    "10": "撤回、修复的记录和同一文书不再回来",
    "14": "异议未决的记录都有标注，已决的不再标注",
    "15": "案件都有期限和承办人；逾期的已提醒，并暂停公示",
    "16": "停止执行、暂时屏蔽、复议诉讼标注与文书一致",
    "17": "主体声明只由主体改动",
    "18": "决定撤回的记录在 60 秒内撤回，并写明理由",
    "19": "修复的四项效果同时发生，缺一不可",
    "20": "记录变更，取得过它的接收方都得到通知，未确认的转人工",
    "22": "同类案件不论何种渠道，期限相同",
    "23": "每项决定都有具名的人和自己的理由",
    "34": "与主体有利害关系的人员不参与办理",
    "35": "须两人办理的决定和权限由两人办理；复核另由他人",
    "36": "留痕和历史版本没有缺失",
}


def check_rules() -> CheckedRules:
    """Ask every view for what breaks its rule, among the rows of all departments."""
    with acting(actor=PROGRAM):
        return CheckedRules(rules=tuple(_asked(number) for number in RULES))


def _asked(number: str) -> RuleKept:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT object_kind, object_id, found, count(*) OVER () FROM v_violation_dp{number}"  # noqa: S608 - a number of RULES
            " ORDER BY object_kind, object_id, found LIMIT %s",
            [SHOWN],
        )
        rows = cursor.fetchall()
    return RuleKept(
        number=number,
        rule=RULES[number],
        count=rows[0][3] if rows else 0,
        found=tuple(Found(object_kind=row[0], object_id=row[1], words=row[2]) for row in rows),
    )


def last_published() -> tuple[datetime, CheckedRules] | None:
    """Give the counts found last and when; nothing where no night has passed yet."""
    entry = latest_entries().filter(operation=OPERATION).first()
    if entry is None:
        return None
    counts = json.loads(entry.payload)
    rules = [RuleKept(number, RULES[number], counts[f"dp{number}"]) for number in RULES if f"dp{number}" in counts]
    return entry.at, CheckedRules(rules=tuple(rules))
