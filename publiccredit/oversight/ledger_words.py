"""
What stands in the ledger, in words: operations, objects, and what was noted beside them.

Operations and objects take their words from the glossary. A contract test finds everything the program can write
there, and fails where a word is wanting.
"""

import json
import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from publiccredit.accounts.types import ROLE_TITLES, SCOPE_TITLES
from publiccredit.catalogue import queries as catalogue
from publiccredit.catalogue.queries import NotInPacks
from publiccredit.catalogue.types import SEVERITY_TITLES
from publiccredit.intake import queries as intake
from publiccredit.matching.types import VERDICT_TITLES
from publiccredit.recipients.types import ConfirmedBy
from publiccredit.subjects.types import CORRECTED, DECIDED_BY_CASE, SENDER

FORMER = ("correct_severity",)  # entered until two people did it in a case: old entries are still looked for
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("报送", (
        "receive_submission", "file_submission", "refuse_submission", "declare_service", "declare_nil_return",
        "attach_documents", "take_off_document",
    )),
    ("主体判定", ("answer_question", "reopen_question")),
    ("案件", (
        "open_case", "request_review", "take_case", "request_papers", "hand_in_paper", "forward_to_source",
        "answer_as_source", "extend_deadline", "guide_applicant", "decide", "approve_decision", "return_proposal",
        "take_back_proposal",
        "close_case", "take_back_request", "escalate_case",
    )),
    ("记录和利害关系", (*FORMER, "state_on_record", "declare_relation")),
    ("接收方", (
        "register_recipient", "change_recipient", "close_recipient", "reopen_recipient", "issue_recipient_token",
        "revoke_recipient_token", "renew_recipient_key", "confirm_notice", "escalate_notice",
        "give_adverse_use_notice",
    )),
    ("主体自助", (
        "register_contact", "issue_proof_letter", "request_proof_code", "prove_subject", "end_subject_session",
        "name_handler", "revoke_handler", "take_copy", "remind_of_repair",
            "tell_of_letter",
            "read_out_message",
            "erase_contacts",
    )),
    ("自查", ("check_rules",)),
    ("账号", (
        "open_account", "close_account", "reopen_account", "reset_password", "change_password", "issue_token",
        "revoke_token", "enrol_second_factor", "renew_recovery_codes", "use_recovery_code", "reset_second_factor",
        "assign_role", "release_log_in", "propose_grant", "approve_grant", "refuse_grant", "withdraw_grant",
    )),
)  # fmt: skip
OBJECT_KINDS = (
    "case", "record", "subject", "submission", "question", "department", "nil_return", "recipient", "notice",
    "officer", "grant_proposal", "access_token", "handler", "proof_code",
    "message", "adverse_use",
    "rules", "keeping",
)  # fmt: skip
_RULE = re.compile("dp([0-9]+)")
NOTED = {
    "about": "对象",
    "account": "账号",
    "at_shell": "在服务器上用命令办理",
    "attached": "对上记录的决定书",
    "attempts": "送达次数",
    "because": "原因",
    "by": "确认方式",
    "changed": "更正",
    "channel": "途径",
    "characters": "字数",
    "corrected": "更正记录",
    "days": "延长的工作日",
    "department": "部门",
    "display_ended": "停止公示",
    "dispute_lifted": "取消异议标注",
    "disclosed_until": "公示至",
    "published": "公示",
    "documents_held": "声明持有决定文书",
    "due": "办理期限",
    "duplicates": "已在库",
    "file_sha256": "文件摘要",
    "evidence": "核对的材料",
    "failures": "失败次数",
    "kept_sha256": "留存文件摘要",
    "form": "格式",
    "former_contacts": "停用的登记联系方式",
    "former_department": "原部门",
    "former_role": "原岗位",
    "former_rule": "原来的认定依据",
    "from": "自",
    "grant": "权限事项",
    "grant_proposal": "权限拟办的编号",
    "handler_contacts": "经办人的联系方式",
    "held_unmatched": "待判定主体",
    "held_unserved": "待送达声明",
    "key_number": "密钥序号",
    "kind": "通知的种类",
    "known": "联系方式已登记",
    "measures_lifted": "解除惩戒措施",
    "message_contacts": "通知的联系方式",
    "method": "核验方式",
    "new": "新入库",
    "note_kept": "保留异议说明",
    "notices": "变更通知",
    "officer": "账号",
    "outcome": "结果",
    "overrides": "确认无误的疑问",
    "paper": "材料",
    "number": "编号",
    "passed_percents": "期限已过的提醒点",
    "procedure": "事项",
    "proof_attempts": "核验来源摘要",
    "proposed": "待负责人审核",
    "questions": "待判定的问题",
    "ratings_renewed": "更新评价结果",
    "reader_contacts": "读者网上留下的联系方式",
    "reader_names": "窗口登记的读者姓名",
    "reached_percent": "已用期限（%）",
    "reason": "理由",
    "recipient": "接收方编号",
    "record": "记录编号",
    "records": "记录",
    "released": "随即公示",
    "repair_undone": "撤销修复",
    "resumed": "恢复公示",
    "returned": "退回",
    "reviews": "所复核案件的编号",
    "rights": "权限",
    "role": "岗位",
    "scopes": "权限范围",
    "sent": "已发送",
    "served_on": "送达日期",
    "sha256": "文件摘要",
    "sharing_ended": "停止共享和使用",
    "shielded": "暂时屏蔽",
    "source": "报送内容",
    "stay_lifted": "解除停止执行",
    "stayed": "停止执行",
    "succeeded": "核验通过",
    "suit_flagged": "标注复议或诉讼",
    "suit_lifted": "取消复议或诉讼标注",
    "suspended": "暂停公示",
    "to": "改为",
    "token": "令牌编号",
    "total": "合计",
    "unmatched": "没有对上的决定书",
    "until": "至",
    "verdict": "判定",
    "withdrawn": "撤回记录",
}
CHANNELS = {"page": "页面", "api": "接口", "command": "命令行"}
FORMS = {"json": "JSON 文件", "page": "网页", "pdf": "PDF 文件"}
METHODS = {"code": "登记联系方式验证码", "letter": "窗口核验函", "sign_on": "省统一身份认证"}
RIGHTS = {"see": "查看", "object": "提出异议和投诉", "repair": "申请信用修复", "state": "书写声明"}
SIGN_ON_REFUSALS = {
    "address": "省平台的地址不对",
    "audience": "应答不是给本平台的",
    "issuer": "应答不是省平台签发的",
    "nonce": "应答与请求不对应",
    "not_asked": "没有发起过认证",
    "provider": "省平台没有正常应答",
    "refused": "省平台没有同意",
    "signature": "应答的签名不符",
    "state": "应答与请求不对应",
    "time": "应答不在有效时间内",
}
SEVERITY_GIVEN = {SENDER: "报送时由部门填写", DECIDED_BY_CASE: "案件更正", CORRECTED: "部门更正"}


def word(code: str) -> str:
    """Give the glossary's word for an operation or a kind of object, and the code itself where it has none."""
    return _or_code(code, lambda: catalogue.term(code=code).zh)


def notes(payload: str) -> str:
    """Give what an act noted beside its object, as a list of facts."""
    return "，".join(f"{said} {value}" for said, value in facts(payload))


def facts(payload: str, *, whole: bool = False) -> list[tuple[str, str]]:
    """Give each thing an act noted with what it is called; a period by its first and its last day, before the rest."""
    held = json.loads(payload)
    begins, until = str(held.get("from", "")), str(held.get("until", ""))
    period = [("期间", f"{begins} 至 {_last_day(until)}")] if _is_day(begins) and _is_day(until) else []
    rest = [key for key in held if _says(held[key]) and not (period and key in ("from", "until"))]
    return period + [(noted_word(key), value_in_words(key, held[key], whole=whole)) for key in rest]


def noted_word(key: str) -> str:
    """Give what a noted value is called; the count of a rule of due process by the rule's number."""
    rule = _RULE.fullmatch(key)
    return f"规则 DP-{int(rule[1]):02}" if rule else NOTED.get(key, key)


def noted(payload: str, key: str) -> str:
    """Give one thing an act noted, as it stands; nothing where it noted none."""
    return str(json.loads(payload).get(key, ""))


def _says(value: object) -> bool:
    """Tell whether a noted value is worth a reader's time; the nothings stay in the entry itself."""
    return isinstance(value, bool) or value not in (None, "", 0)


def value_in_words(key: str, value: object, *, whole: bool = False) -> str:
    """Give one noted value as people say it; a hash by its beginning, or the ``whole`` of it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    text = str(value)
    if key in _WORDS:
        return "、".join(_WORDS[key](part) for part in text.split(","))
    return f"{text[:12]}…" if len(text) == 64 and not whole else text


def _or_code(code: str, say: Callable[[], str]) -> str:
    try:
        return say()
    except NotInPacks:
        return code


def department_words(code: str) -> str:
    """Give the name of a department, and nothing for none."""
    return _or_code(code, lambda: catalogue.department(code=code).name) if code else ""


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _last_day(text: str) -> str:
    """Give the last day of what is kept as the day from which it no longer holds, as the pages say it."""
    return (date.fromisoformat(text) - timedelta(days=1)).isoformat() if _is_day(text) else text


def _source(name: str) -> str:
    return _or_code(name, lambda: catalogue.source(name=name).title)


def _titled(code: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Give the title that belongs to a code: the last one, where editions differ."""
    return dict(pairs).get(code, code)


def _procedure(code: str) -> str:
    return _titled(code, ((p.name.value, p.title) for p in catalogue.packs().procedures))


def _outcome(code: str) -> str:
    return _titled(code, ((o.name, o.title) for p in catalogue.packs().procedures for o in p.outcomes))


def _paper(code: str) -> str:
    held = catalogue.packs().procedures
    return _titled(code, ((paper.name, paper.title) for p in held for paper in p.papers))


def _role(code: str) -> str:
    return _titled(code, ((role.value, title) for role, title in ROLE_TITLES.items()))


def _severity(code: str) -> str:
    return _titled(code, ((severity.value, title) for severity, title in SEVERITY_TITLES.items()))


def _severity_rule(name: str) -> str:
    rule = catalogue.severity_rule(name=name)
    return rule.title if rule else SEVERITY_GIVEN.get(name, name)


_WORDS: dict[str, Callable[[str], str]] = {
    "because": lambda code: SIGN_ON_REFUSALS.get(code, code),
    "by": lambda code: _titled(code, ConfirmedBy.choices),
    "channel": lambda code: CHANNELS.get(code, code),
    "department": department_words,
    "disclosed_until": _last_day,
    "former_department": department_words,
    "former_role": _role,
    "grant": word,
    "form": lambda code: FORMS.get(code, code),
    "former_rule": _severity_rule,
    "from": _severity,
    "kind": word,
    "method": lambda code: METHODS.get(code, code),
    "outcome": _outcome,
    "paper": _paper,
    "procedure": _procedure,
    "reason": lambda code: intake.refusal_titles().get(code, code),
    "rights": lambda code: RIGHTS.get(code, code),
    "role": _role,
    "scopes": lambda code: _titled(code, ((scope.value, title) for scope, title in SCOPE_TITLES.items())),
    "source": _source,
    "to": _severity,
    "until": _last_day,
    "verdict": lambda code: _titled(code, ((verdict.value, title) for verdict, title in VERDICT_TITLES.items())),
}
