"""
Due process, asked of the rows themselves: one view for each rule that concerns what exists now, and each must be empty.

The constraints and triggers of the packages refuse what breaks a rule while it is written. These views look at what
stands there afterwards, whoever wrote it and with which trigger taken off. They name columns one by one, and read as
whoever asks: row-level security hides from a department what is another's.
"""

from django.db import migrations

# What the clock is compared with: now, or the instant somebody who looks back, or ahead, has named in this session.
AS_OF = """
CREATE FUNCTION oversight_as_of() RETURNS timestamptz LANGUAGE sql STABLE
    RETURN coalesce(nullif(current_setting('publiccredit.as_of', true), '')::timestamptz, now());
"""
EFFECTIVE = """casework_decision d JOIN casework_case c ON c.id = d.case_id
    JOIN casework_caserecord cr ON cr.case_id = c.id
    JOIN subjects_record r ON r.id = cr.record_id
WHERE d.state = 'effective'"""
UNDECIDED = "c.state NOT IN ('decided', 'closed', 'taken_back')"
IN_CHINA = "AT TIME ZONE 'Asia/Shanghai')::date"
# The effective decision that spoke last of a record, among those with one of these effects.
LAST = """(SELECT d.id FROM casework_decision d JOIN casework_caserecord x ON x.case_id = d.case_id
    WHERE x.record_id = r.id AND d.state = 'effective' AND d.effects ?| ARRAY[{effects}]
    ORDER BY d.effective_at DESC, d.id DESC LIMIT 1)"""
TOLD = """ARRAY['withdraw', 'end_disclosure', 'undo_repair', 'shield', 'stay', 'lift_stay', 'correct', 'flag_suit',
    'lift_suit']"""


def _last(*effects: str) -> str:
    return LAST.format(effects=", ".join(f"'{effect}'" for effect in effects))


VIEWS = {
    "01": """
SELECT 'record' AS object_kind, r.id AS object_id, '失信记录缺少文书号、决定机关或者决定日期' AS found
FROM subjects_record r WHERE r.record_type = 'administrative_penalty' AND r.state = 'filed'
    AND (r.document_number = '' OR r.authority_name = '' OR r.decided_on IS NULL)
""",
    "02": f"""
SELECT 'record' AS object_kind, r.id AS object_id, '失信记录未送达，或者送达之前已公示' AS found
FROM subjects_record r WHERE r.record_type = 'administrative_penalty' AND r.state = 'filed'
    AND (r.served_on IS NULL OR r.disclosed_from IS NULL OR r.disclosed_from < r.served_on
        OR r.served_on < r.decided_on)
UNION ALL
SELECT DISTINCT 'case', c.id, '决定已生效，没有决定书' FROM {EFFECTIVE}
    AND NOT EXISTS (SELECT 1 FROM casework_letter l
        WHERE l.case_id = c.id AND l.kind = 'decision' AND l.made_at <= d.effective_at)
""",
    "08": """
SELECT 'record' AS object_kind, r.id AS object_id, '失信记录没有程度，或者没有公示期限' AS found
FROM subjects_record r WHERE r.record_type = 'administrative_penalty' AND r.state = 'filed'
    AND (r.severity = '' OR r.disclosed_until IS NULL)
""",
    "09": """
SELECT 'subject' AS object_kind, s.id AS object_id, '档案中的自然人' AS found
FROM subjects_subject s WHERE s.kind NOT IN ('enterprise', 'individual_business', 'institution',
    'social_organisation', 'government_body', 'village_collective')
""",
    "10": """
SELECT DISTINCT 'record' AS object_kind, r.id AS object_id, '已撤回或者已修复的记录又回来了' AS found
FROM subjects_record r JOIN subjects_recordversion v ON v.record_id = r.id
WHERE (v.state = 'withdrawn' AND r.state <> 'withdrawn')
    OR (v.display_ended_at IS NOT NULL AND r.display_ended_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM casework_decision d JOIN casework_caserecord x ON x.case_id = d.case_id
        WHERE x.record_id = r.id AND d.state = 'effective' AND d.effects ? 'undo_repair'
            AND d.effective_at >= v.display_ended_at))
UNION ALL
SELECT 'record', r.id, '同一文书在其记录撤回或者修复之后另立一条'
FROM subjects_record gone JOIN subjects_record r ON r.subject_id = gone.subject_id
    AND r.record_type = gone.record_type AND r.document_number = gone.document_number AND r.id > gone.id
    AND r.decided_on IS NOT DISTINCT FROM gone.decided_on
WHERE gone.document_number <> '' AND (gone.state = 'withdrawn' OR gone.display_ended_at IS NOT NULL)
    AND r.state = 'filed' AND r.received_at > coalesce(gone.withdrawn_at, gone.display_ended_at)
""",
    "14": f"""
SELECT 'record' AS object_kind, r.id AS object_id, '异议未决，记录没有标注' AS found
FROM casework_case c JOIN casework_caserecord x ON x.case_id = c.id JOIN subjects_record r ON r.id = x.record_id
WHERE {UNDECIDED} AND c.marks_dispute AND r.dispute <> 'open'
UNION ALL
SELECT 'record', r.id, '没有未决的异议，记录仍标注异议处理中' FROM subjects_record r
WHERE r.dispute = 'open' AND NOT EXISTS (
    SELECT 1 FROM casework_case c JOIN casework_caserecord x ON x.case_id = c.id
    WHERE x.record_id = r.id AND {UNDECIDED} AND c.marks_dispute)
UNION ALL
SELECT 'record', r.id, '没有决定，记录标注异议无法核实' FROM subjects_record r
WHERE r.dispute = 'undetermined' AND NOT EXISTS (
    SELECT 1 FROM casework_decision d WHERE d.id = {_last("keep_note", "lift_dispute")} AND d.effects ? 'keep_note')
""",
    "15": f"""
SELECT 'case' AS object_kind, c.id AS object_id, '在办的案件没有承办人' AS found
FROM casework_case c WHERE {UNDECIDED} AND c.state <> 'opened' AND c.owner = ''
UNION ALL
SELECT 'case', c.id, '案件逾期一天以上，没有提醒' FROM casework_case c
WHERE {UNDECIDED} AND c.state <> 'waiting_for_papers' AND c.reached_percent < 100
    AND c.due_on < (oversight_as_of() {IN_CHINA} - 1
UNION ALL
SELECT 'record', r.id, '案件逾期未决，记录仍在公示' FROM casework_case c
JOIN casework_caserecord x ON x.case_id = c.id JOIN subjects_record r ON r.id = x.record_id
WHERE {UNDECIDED} AND c.suspended_display AND r.record_type = 'administrative_penalty' AND r.suspended_at IS NULL
UNION ALL
SELECT 'record', r.id, '没有逾期的案件，记录仍暂停公示' FROM subjects_record r
WHERE r.suspended_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM casework_case c JOIN casework_caserecord x ON x.case_id = c.id
    WHERE x.record_id = r.id AND {UNDECIDED} AND c.suspended_display)
""",
    "16": f"""
SELECT 'record' AS object_kind, r.id AS object_id, '停止执行与最后的文书不符' AS found
FROM subjects_record r LEFT JOIN casework_decision last ON last.id = {_last("stay", "lift_stay")}
WHERE (r.stayed_from, r.stayed_until) IS DISTINCT FROM (
    CASE WHEN last.effects ? 'stay' THEN coalesce(last.order_from, (last.effective_at {IN_CHINA}) END,
    CASE WHEN last.effects ? 'stay' THEN last.order_until END)
UNION ALL
SELECT 'record', r.id, '暂时屏蔽与最后的裁定不符'
FROM subjects_record r LEFT JOIN casework_decision last ON last.id = {_last("shield")}
WHERE (r.shielded_from, r.shielded_until) IS DISTINCT FROM (
    coalesce(last.order_from, (last.effective_at {IN_CHINA}), last.order_until)
UNION ALL
SELECT 'record', r.id, '复议或者诉讼的标注与最后的决定不符'
FROM subjects_record r LEFT JOIN casework_decision last ON last.id = {_last("flag_suit", "lift_suit")}
WHERE (r.suit_flagged_at IS NOT NULL) <> coalesce(last.effects ? 'flag_suit', false)
""",
    "17": """
SELECT 'record' AS object_kind, r.id AS object_id, '主体声明不是由主体改动的' AS found
FROM subjects_record r JOIN subjects_recordversion v ON v.record_id = r.id AND v.known_until = r.known_from
WHERE v.statement <> r.statement AND NOT EXISTS (
    SELECT 1 FROM ledger_entry e WHERE e.id = r.entry_id AND e.operation = 'state_on_record')
UNION ALL
SELECT 'record', v.record_id, '主体声明不是由主体改动的'
FROM subjects_recordversion v JOIN subjects_recordversion w ON w.record_id = v.record_id AND v.known_until = w.known_from
WHERE v.statement <> w.statement AND NOT EXISTS (
    SELECT 1 FROM ledger_entry e WHERE e.id = w.entry_id AND e.operation = 'state_on_record')
""",
    "18": f"""
SELECT 'record' AS object_kind, r.id AS object_id, '已撤回，没有时间、理由或者公开说明' AS found
FROM subjects_record r
WHERE r.state = 'withdrawn' AND (r.withdrawn_at IS NULL OR r.withdrawn_as = '' OR r.withdrawal_notice = '')
UNION ALL
SELECT 'record', r.id, '决定撤回，60 秒内没有撤回' FROM {EFFECTIVE}
    AND d.effects ? 'withdraw'
    AND (r.state <> 'withdrawn' OR r.withdrawn_at > d.effective_at + interval '60 seconds')
""",
    "19": f"""
SELECT 'record' AS object_kind, r.id AS object_id, '修复的四项效果不全，或者不在同时' AS found
FROM subjects_record r WHERE num_nonnulls(r.display_ended_at, r.sharing_ended_at, r.measures_lifted_at,
        r.ratings_renewed_at) NOT IN (0, 4)
    OR r.sharing_ended_at <> r.display_ended_at OR r.measures_lifted_at <> r.display_ended_at
    OR r.ratings_renewed_at <> r.display_ended_at
UNION ALL
SELECT 'record', r.id, '修复与最后的决定不符'
FROM subjects_record r LEFT JOIN casework_decision last ON last.id = {_last("end_disclosure", "undo_repair")}
WHERE (r.display_ended_at IS NOT NULL) <> coalesce(last.effects ? 'end_disclosure', false)
""",
    "20": f"""
SELECT DISTINCT 'record' AS object_kind, r.id AS object_id, '记录变更，取得过它的接收方没有得到通知' AS found
FROM {EFFECTIVE} AND d.effects ?| {TOLD} AND EXISTS (
    SELECT 1 FROM recipients_handover h WHERE h.record_id = r.id AND h.recipient_id IS NOT NULL
        AND h.known_from < d.effective_at AND NOT EXISTS (
            SELECT 1 FROM recipients_notice n WHERE n.record_id = r.id AND n.recipient_id = h.recipient_id
                AND n.entry_id = d.entry_id))
UNION ALL
SELECT DISTINCT 'record', r.id, '本单位更正记录，取得过它的接收方没有得到通知'
FROM subjects_record r JOIN ledger_entry e ON e.id = r.entry_id
    AND e.operation IN ('file_submission', 'correct_severity')
JOIN recipients_handover h ON h.record_id = r.id AND h.recipient_id IS NOT NULL AND h.known_from < r.known_from
WHERE NOT EXISTS (SELECT 1 FROM recipients_notice n
    WHERE n.record_id = r.id AND n.recipient_id = h.recipient_id AND n.entry_id = e.id)
UNION ALL
SELECT 'notice', n.id, '通知到期一天以上，没有确认，也没有转人工' FROM recipients_notice n
WHERE n.state IN ('waiting', 'unconfirmed') AND n.due_at < oversight_as_of() - interval '1 day'
""",
    "22": """
SELECT 'case' AS object_kind, max(c.id) AS object_id, '同日收件的同类案件，期限因渠道而不同' AS found
FROM casework_case c WHERE c.forwarded_at IS NULL
GROUP BY c.procedure, c.opened_on HAVING count(DISTINCT c.total_days) > 1
UNION ALL
SELECT 'case', max(c.id), '同日收件、期限天数相同的案件，届满日不同'
FROM casework_case c GROUP BY c.opened_on, c.total_days + c.extended_days + c.waited_days
HAVING count(DISTINCT c.due_on) FILTER (WHERE NOT c.provisional) > 1
""",
    "23": r"""
SELECT 'decision' AS object_kind, d.id AS object_id, '决定没有具名的人或者自己的理由' AS found
FROM casework_decision d LEFT JOIN accounts_officer o ON o.username = d.proposed_by_id
WHERE o.id IS NULL OR length(regexp_replace(d.reasons, '\s', '', 'g')) < 10 OR position('____' IN d.reasons) > 0
    OR regexp_replace(d.reasons, '[\s_]', '', 'g') = regexp_replace(d.template, '[\s_]', '', 'g')
UNION ALL
SELECT 'case', c.id, '案件已决定，没有生效的决定' FROM casework_case c
WHERE c.state IN ('decided', 'closed') AND NOT EXISTS (
    SELECT 1 FROM casework_decision d WHERE d.case_id = c.id AND d.state = 'effective')
""",
    "34": """
SELECT 'case' AS object_kind, c.id AS object_id, '与主体有利害关系的人员参与了办理' AS found
FROM casework_case c JOIN casework_declaredrelation r ON r.subject_id = c.subject_id
WHERE EXISTS (SELECT 1 FROM casework_casestep s
        WHERE s.case_id = c.id AND s.by = r.officer_id AND s.entry_id > r.entry_id)
    OR EXISTS (SELECT 1 FROM casework_decision d WHERE d.case_id = c.id AND d.state = 'effective'
        AND r.officer_id IN (d.proposed_by_id, d.approved_by_id) AND d.entry_id > r.entry_id)
""",
    "35": """
SELECT 'decision' AS object_kind, d.id AS object_id, '须两人办理的决定没有由两人办理' AS found
FROM casework_decision d WHERE d.approved_by_id = d.proposed_by_id
    OR (d.state = 'effective' AND d.four_eyes AND d.approved_by_id IS NULL)
    OR (NOT d.four_eyes AND d.effects ?| ARRAY['end_disclosure', 'undo_repair', 'shield'])
UNION ALL
SELECT 'decision', d.id, '复核由原办理人作出' FROM casework_decision d
JOIN casework_case c ON c.id = d.case_id JOIN casework_decision first ON first.case_id = c.reviews_id
WHERE d.proposed_by_id IN (first.proposed_by_id, first.approved_by_id)
    OR d.approved_by_id IN (first.proposed_by_id, first.approved_by_id)
""",
    "36": """
SELECT 'entry' AS object_kind, e.position AS object_id, '留痕的位置不连续' AS found FROM (
    SELECT position, lag(position, 1, 0::bigint) OVER (ORDER BY position) AS before FROM ledger_entry) e
WHERE e.position <> e.before + 1
UNION ALL
SELECT 'record', v.record_id, '历史版本不连续' FROM (
    SELECT record_id, known_until, lead(known_from) OVER (PARTITION BY record_id ORDER BY known_from) AS next
    FROM subjects_recordversion) v JOIN subjects_record r ON r.id = v.record_id
WHERE v.known_until <> coalesce(v.next, r.known_from)
UNION ALL
SELECT 'case', c.id, '案件没有收件的留痕' FROM casework_case c
WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = c.entry_id)
UNION ALL
SELECT 'decision', d.id, '决定没有留痕' FROM casework_decision d
WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = d.entry_id)
""",
}

SQL = AS_OF + "".join(
    f"CREATE VIEW v_violation_dp{number} WITH (security_invoker = true) AS {query.strip()};\n"
    for number, query in VIEWS.items()
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("subjectdesk", "0003_taking_back"),
        ("casework", "0006_taking_back_protection"),
        ("recipients", "0003_a_copy_of_the_subject"),
        ("subjects", "0008_set_aside"),
        ("accounts", "0004_subject"),
        ("ledger", "0002_chain"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
