"""What a check finds: kinds of findings with what to do about each, and where in the file they were seen."""

from typing import Final, Literal

import msgspec

Severity = Literal["error", "warning", "note"]
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")
SEVERITY_ZH: Final[dict[Severity, str]] = {"error": "须改正", "warning": "须核对", "note": "请知悉"}
_PLACES = 8
_REFUSED = "refused."


class Kind(msgspec.Struct, frozen=True):
    """One kind of finding: how grave, its title in Chinese, and in English what it means and what to do."""

    severity: Severity
    title: str
    advice: str


KINDS: Final[dict[str, Kind]] = {
    "id_conflict": Kind(
        "error", "同一编号，内容不同", "Give each event an id of its own; to change one, send another with correctionof."
    ),
    "id_repeated": Kind("note", "同一事件重复出现", "Harmless: a repeat changes nothing."),
    "sequence_repeated": Kind(
        "error", "同一顺序号用于不同事件", "Number the events of a source consecutively, each number once."
    ),
    "sequence_gap": Kind("warning", "顺序号有缺", "Send what is missing: each gap is noticed and raised as an alert (R-DATA)."),
    "sequence_some": Kind(
        "warning", "部分事件没有顺序号", "Number all events of a source (but for records of interference) or none."
    ),
    "sequence_none": Kind("note", "没有顺序号", "Without sequence nobody can tell that an event was lost. Number them."),
    "rootid_changes": Kind(
        "error", "同一案件属于不同案件链", "A case keeps one rootid for life; what lies under another is another history."
    ),
    "subject_two_numbers": Kind("warning", "同一案件标识有两个案号", "A subject is never reused: give the other case its own."),
    "number_two_subjects": Kind(
        "warning", "同一案号有两个案件标识", "A case keeps its subject: send all its events under one."
    ),
    "correction_void": Kind(
        "error", "更正与原事件不符", "A correction has type, subject and rootid of its original; else it is void."
    ),
    "correction_alone": Kind("warning", "被更正的事件不在文件中", "It waits until its original comes: check correctionof."),
    "foreign_feed": Kind("error", "代其他法院发送", "A feed sends for its own court: source is /court/<法院代字>/<system>."),
    "several_courts": Kind(
        "warning", "文件含多家法院的数据", "Each court has a feed and a token of its own; check with --court."
    ),
    "recorded_future": Kind("error", "录入时间在将来", "A clock or an offset is wrong; Beijing time is +08:00."),
    "happened_future": Kind("warning", "发生时间在将来", "Events are what happened; a plan is data of the event that made it."),
    "recorded_before": Kind(
        "warning", "录入早于发生", "It was entered before it happened: check both times and their offsets."
    ),
    "very_old": Kind("warning", "发生时间过早", "Before 1990: likely an empty date that became a default."),
    "nightly": Kind(
        "warning",
        "多在深夜发生",
        "More than 30 % happened from 0 to 6 o'clock: local times were likely sent with the offset of UTC.",
    ),
    "midnight": Kind(
        "note",
        "多只有日期",
        "More than half happened at 00:00:00: limits in hours can't be judged fairly; send the time of day.",
    ),
    "late_entry": Kind(
        "warning", "录入滞后", "More than a fifth was entered over 7 days after it happened: alerts will come late."
    ),
    "order": Kind("warning", "节点先后颠倒", "A later step happened before the one that it follows: check time of both."),
    "step_missing": Kind(
        "note", "缺少前一节点", "A step came without the one that it follows; its limits don't begin, or never end."
    ),
    "begins_midway": Kind("note", "案件从中途开始", "The file has no filing of the case: what began earlier can't be judged."),
    "money_negative": Kind(
        "warning",
        "金额为负",
        "Rules count amounts as they stand; money that goes back is fund.disbursed of the kind 退款.",
    ),
    "personal_number": Kind(
        "error", "身份证号未在 pii 中", "Personal data travels only in data.pii, where it is sealed. Remove it."
    ),
    "personal_phone": Kind("warning", "疑似手机号", "Personal data travels only in data.pii, where it is sealed. Remove it."),
    "personal_card": Kind("warning", "疑似银行卡号", "An account is named by a code of yours, never by its number. Remove it."),
    "personal_field": Kind("warning", "疑似个人信息字段", "A foreign event carries no personal data. Remove the field."),
    "heartbeat_none": Kind(
        "warning", "没有心跳", "Send sys.feed_heartbeat each 30 minutes: a court not heard for two hours is silent."
    ),
    "rule_unheard": Kind("note", "规则无从判断", "None of the events that begin it is in the file: the rule will never speak."),
    "rule_one_sided": Kind(
        "warning", "规则只有起算、没有终点", "What fulfils it is never sent: every obligation will end in a false alert."
    ),
    "empty": Kind("error", "文件没有事件", "Nothing could be read."),
}


class Place(msgspec.Struct, frozen=True):
    """Where something was seen: the line of the file (0 = the file as a whole), and what stands there."""

    line: int
    text: str


class Finding(msgspec.Struct, frozen=True):
    """One kind of trouble, however often it was seen.

    Attributes:
        code: Stable name; ``refused.<code>`` for what the gateway would refuse.
        count: How often.
        places: The first few.
    """

    code: str
    severity: Severity
    title: str
    advice: str
    count: int
    places: tuple[Place, ...]


class Findings:
    """Collects what checks find."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._places: dict[str, list[Place]] = {}

    def add(self, code: str, line: int, text: str, count: int = 1) -> None:
        """Note something; ``code`` is one of `KINDS`."""
        self._note(code, line, text, count)

    def refuse(self, code: str, line: int, text: str) -> None:
        """Note an error for which the gateway would refuse the event; ``code`` is the gateway's."""
        self._note(_REFUSED + code, line, text, 1)

    def _note(self, code: str, line: int, text: str, count: int) -> None:
        self._counts[code] = self._counts.get(code, 0) + count
        places = self._places.setdefault(code, [])
        if len(places) < _PLACES:
            places.append(Place(line, text))

    def all(self) -> list[Finding]:
        """Everything found, gravest first, then most frequent."""
        found = [self._finding(code, count) for code, count in self._counts.items()]
        return sorted(found, key=lambda one: (SEVERITIES.index(one.severity), -one.count, one.code))

    def _finding(self, code: str, count: int) -> Finding:
        kind = KINDS.get(code) or Kind(
            "error", f"网关不接收：{code.removeprefix(_REFUSED)}", "The gateway would refuse these events: docs/gateway.md."
        )
        return Finding(code, kind.severity, kind.title, kind.advice, count, tuple(self._places[code]))
