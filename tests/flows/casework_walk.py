"""One way through everything that can happen: the steps of the machine of casework in an order that reaches each."""

from typing import Any

from publiccredit.casework.types import Channel
from publiccredit.subjectdesk.types import EVERY_RIGHT, Right
from tests.flows.casework_invariants import DueProcess
from tests.flows.casework_model import FACTS

Step = tuple[str, dict[str, Any]]


def _object(channel: Channel, outcome: str = "", n: int = 0, contested: str = "") -> list[Step]:
    steps: list[Step] = [("object", {"n": n, "ground": "other", "channel": channel, "contested": contested})]
    if outcome:
        steps.append(("decide_objection", {"n": 0, "outcome": outcome}))
    return steps


def _go_on(*names: str) -> list[Step]:
    return [("go_on", {"n": 0, "step": name}) for name in names]


def _tick(days: int) -> Step:
    return ("tick", {"days": days, "hours": 1})


def _work(answer: str) -> Step:
    return ("work", {"answers": [answer] * 4})


def _approve(how: str = "approve") -> Step:
    return ("approve", {"n": 0, "how": how})


def _used(n: int, days_ago: int) -> Step:
    return ("use_against", {"n": n, "which": 0, "days_ago": days_ago, "what": "未通过供应商资格审查"})


def _resend(n: int, fine: int | None, facts: str = FACTS[0]) -> Step:
    return ("resend", {"n": n, "fine": fine, "facts": facts})


TOO_MUCH: list[Step] = [
    ("somebody_tries_too_much", {"n": 0, "by": None, "reasons": reasons}) for reasons in ("", "不成立")
]
CHOSEN: list[Step] = [
    ("register_contact", {}),
    ("name_handler", {"rights": frozenset({Right.SEE}), "begins": 0, "days": 5}),
    ("name_handler", {"rights": EVERY_RIGHT, "begins": 3, "days": 60}),
    ("a_handler_comes", {"n": 0, "words": "已经整改", "revoked_meanwhile": False}),
    ("a_handler_comes", {"n": 1, "words": "已经整改", "revoked_meanwhile": False}),
    ("name_handler", {"rights": EVERY_RIGHT, "begins": -1, "days": 60}),
    *(("a_handler_comes", {"n": 2, "words": "已经整改", "revoked_meanwhile": False}) for _ in range(2)),
    *(("revoke_handler", {"n": 2}) for _ in range(2)),
    ("a_handler_comes", {"n": 2, "words": "", "revoked_meanwhile": False}),
    ("name_handler", {"rights": EVERY_RIGHT, "begins": 0, "days": 60}),
    ("a_handler_comes", {"n": 3, "words": "", "revoked_meanwhile": True}),
    ("register_contact", {}),
]
FILED: list[Step] = [
    _used(n=0, days_ago=0),
    ("file", {"severity": "serious", "days_ago": 10}),
    ("file_unserved", {"severity": "general", "days_ago": 20}),
    ("publish", {"days": 1}),
    ("file", {"severity": "general", "days_ago": 5}),
    ("file", {"severity": "serious", "days_ago": 5}),
    *(("hand_over", {"n": n, "which": which}) for n in range(5) for which in range(2)),
    _used(n=0, days_ago=0),
    _used(n=0, days_ago=0),
    _used(n=0, days_ago=1),
    ("state", {"n": 0, "length": 1000, "by_stranger": False}),
    ("state", {"n": 0, "length": 1001, "by_stranger": False}),
    ("state", {"n": 1, "length": 12, "by_stranger": True}),
    *(_resend(0, 777) for _ in range(2)),
    *(("correct_severity", {"n": 4, "severity": severity}) for severity in ("general", "general", "serious")),
    ("correct_kind", {"n": 4, "kind": "责令停产停业"}),  # its department has stated how severe it is
    *(("correct_kind", {"n": 3, "kind": kind}) for kind in ("吊销许可证件", "吊销许可证件", "责令停产停业")),
    _resend(3, 557),
]
OBJECTED: list[Step] = [
    *_object(Channel.ONLINE),
    *TOO_MUCH,
    ("restore", {"n": 0}),
    *_go_on("papers"),
    ("decide_objection", {"n": 0, "outcome": "rejected"}),
    *_go_on("hand_in", "forward", "answer", "extend"),
    ("decide_objection", {"n": 0, "outcome": "rejected"}),
    *_go_on("close"),
    *_object(Channel.COUNTER, "undetermined"),
    ("use_against", {"n": 0, "which": 1, "days_ago": 0, "what": "不予授信"}),
    *_object(Channel.PHONE, "corrected"),
    _approve("by_the_same"),
    _approve("return"),
    ("decide_objection", {"n": 0, "outcome": "corrected"}),
    _approve("take_back"),
    ("decide_objection", {"n": 0, "outcome": "corrected"}),
    _approve(),
    *_object(Channel.ONLINE, contested="violation_facts"),
    *_object(Channel.COUNTER, contested="penalty_content"),
    ("decide_objection", {"n": 0, "outcome": "undetermined"}),
    ("take_back", {"n": 0, "by_the_subject": False}),
    *_object(Channel.PHONE, "rejected", contested="penalty_content"),
    *_object(Channel.PHONE, "rejected"),
    *_object(Channel.POST),
    ("take_back", {"n": 0, "by_the_subject": True}),
    *_object(Channel.PROXY),
    ("register_contact", {}),  # while a case of its own is open
    _tick(12),
    *_go_on("extend"),
    _work("refused"),
    ("decide_objection", {"n": 0, "outcome": "rejected"}),
    *_object(Channel.ONLINE, n=1),
    *_go_on("papers"),
    _tick(20),
    _work("taken"),
    *_go_on("papers"),
    ("decide_objection", {"n": 0, "outcome": "rejected"}),
    ("review_objection", {"n": 4}),
    ("review_objection", {"n": 4}),
    ("decide_objection", {"n": 0, "outcome": "rejected"}),
]
REPAIRED: list[Step] = [
    *(("apply_for_repair", {"n": 1}) for _ in range(2)),  # the second while the first is under way
    ("propose_repair", {"n": 0}),
    ("related_one_tries", {"declares": False}),
    ("related_one_tries", {"declares": True}),
    ("refuse_repair", {"n": 0}),
    _tick(100),
    _work("receipt"),
    ("apply_for_repair", {"n": 2}),
    ("propose_repair", {"n": 0}),
    _approve(),
    ("apply_for_repair", {"n": 2}),
    _used(n=2, days_ago=0),
    ("undo_repair", {"n": 0}),
]
REPORTED: list[Step] = [
    ("stay", {"n": 1, "days": 30, "delay": 1}),
    ("tick_to_the_next_end", {}),
    ("lift_stay", {"n": 0}),
    ("suit", {"n": 1, "ends": False}),
    ("suit", {"n": 1, "ends": True}),
    ("shield", {"n": 3, "days": 30}),
    ("correct", {"n": 3, "severity": "serious"}),
    _work("receipt"),
    _tick(300),
    ("correct_severity", {"n": 2, "severity": "serious"}),
    _resend(2, 555),
    *(("correct_kind", {"n": 2, "kind": kind}) for kind in ("责令停产停业", "吊销许可证件")),
    _resend(2, 556),
    ("correct_facts", {"n": 2, "facts": FACTS[1]}),
    *(_resend(2, fine, facts) for fine in (None, 777) for facts in FACTS),
    *(("withdraw", {"n": n, "ground": ground}) for n, ground in enumerate(("revoked", "changed", "unlawful", "void"))),
    ("withdraw", {"n": 0, "ground": "revoked"}),
    _resend(0, 1),
    *_object(Channel.ONLINE, n=0),
    *_object(Channel.ONLINE, "publication_stopped", n=4),
    _approve(),
    _work("taken"),
    _tick(5),
    _work("taken"),
]
WALK = [*FILED, *CHOSEN, *OBJECTED, *REPAIRED, *REPORTED]


def walk(machine: DueProcess) -> None:
    """Go all of it once, with every invariant after every step."""
    invariants = [getattr(machine, name) for name in sorted(dir(machine)) if name.startswith("dp")]
    machine.begin()
    try:
        for rule, arguments in WALK:
            getattr(machine, rule)(**arguments)
            for holds in (*invariants, machine.the_views_of_the_database_find_nothing):
                holds()
    except BaseException:
        machine.whole = False  # what went wrong is said, not what comes of it
        raise
    finally:
        machine.teardown()
