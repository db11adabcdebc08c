"""Letters on paper: their parts, for a page that prints on A4 and for ``letter_files``."""

from dataclasses import dataclass
from datetime import date

from publiccredit.casework.letters import decider_name, in_chinese
from publiccredit.casework.models import Letter
from publiccredit.casework.types import Navigator
from publiccredit.subjects.queries import Record


@dataclass(frozen=True)
class Printed:
    """A letter as it stands on paper."""

    heading: str  # the body that writes
    title: str
    number: str
    addressee: str
    paragraphs: tuple[str, ...]
    signature: tuple[str, ...]


def printed_letter(*, letter: Letter) -> Printed:
    """Give the parts of a letter as it was made; nothing of it is written anew."""
    title, number, addressee, *body, signature = letter.text.split("\n\n")
    lines = [line for part in body for line in part.splitlines() if line.strip()]
    return Printed(
        heading=decider_name(case=letter.case),
        title=title,
        number=number,
        addressee=addressee,
        paragraphs=tuple(lines),
        signature=tuple(signature.splitlines()),
    )


def repair_notice(*, record: Record, found: Navigator, subject: str, severity: str, on: date) -> Printed:
    """
    Write the notice that goes out with a penalty (两书同达): how it is published, until when, and how to repair it.

    《信用修复管理办法》 has the decision and the notice of repair served together.
    """
    papers = "；".join(f"{p.title}（由{p.brought_by}提供）" for p in found.papers)
    earliest = f"最早自{in_chinese(found.earliest_on)}起可以申请修复。" if found.earliest_on else "现在即可申请修复。"
    ends = f"不申请的，期满自动停止公示，最后公示日为{in_chinese(found.last_day)}。" if found.last_day else ""
    return Printed(
        heading=found.decided_by,
        title="信用修复告知书",
        number=f"随 {record.document_number or '处罚决定'} 送达",
        addressee=f"{subject}：",
        paragraphs=(
            f"本机关对你（单位）作出的决定（{record.document_number or '无文书号'}）依法在公共信用信息平台公示，"
            f"失信严重程度为“{severity}”。现将信用修复事项告知如下：",
            f"一、时间。{earliest}{ends}",
            "二、条件。已纠正违法行为、履行全部义务，并公开作出信用承诺。",
            f"三、材料。只需{papers}。",
            f"四、办理。由{found.decided_by}决定，自收到申请之日起 {found.decides_within_working_days} 个工作日内办结。"
            "可以在网上、窗口、以邮寄或者委托他人提出，不收取任何费用，不需要委托代理机构。",
            f"五、结果。准予修复的，{'、'.join(found.what_happens)}，四项同时生效。",
            "六、异议。认为公示的信息有误、遗漏或者超过期限的，可以随时提出异议；对决定不服的，可以依法申请行政复议或者提起行政诉讼。",
            f"依据：{found.basis}。",
        ),
        signature=(found.decided_by, in_chinese(on)),
    )
