"""The actions of the console: which there are, their keys, what each asks, and when it makes sense. The duty room decides.

An action that doesn't make sense, or that no person of the role may ask, isn't offered; what is offered may still be refused.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from contract.duty.people import Principal
from contract.duty.rights import RIGHTS

Record = Mapping[str, Any]


NO_PERSONS = "请勿填写当事人姓名、证件号码、电话、账号：文字以明文长期保存，其他法院也能看到"
"""What every form with free text says."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that an action asks.

    Attributes:
        name: As in the command.
        label: What the person reads.
        kind: text, long text, an instant (Beijing time), a choice, a yes or no, references of events (a choice of several, or
            typed where there is nothing to choose from).
        required: Whether it must be given.
        choices: Value → label.
        value: What stands there at first.
    """

    name: str
    label: str
    kind: Literal["text", "long", "instant", "choice", "yes", "refs"] = "text"
    required: bool = True
    choices: dict[str, str] = {}
    value: str = ""


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """One action on an alert.

    Attributes:
        kind: Kind of the command.
        label: Its name on the button.
        key: The key of the keyboard.
        fields: What it asks; none = it happens at once.
        fits: Whether it makes sense for a record.
        bulk: Whether it can be done to many at once.
    """

    kind: str
    label: str
    key: str = ""
    fields: tuple[Field, ...] = ()
    fits: Callable[[Record], bool]
    bulk: bool = True


def always(record: Record) -> bool:
    """For what another judges."""
    return bool(record)


def _open(record: Record) -> bool:
    return record["state"] in {"firing", "acked"} and not record.get("merged_into")


def _acked(record: Record) -> bool:
    return bool(record["state"] == "acked")


_NOTE = Field(name="note", label="说明（可不填）", required=False)
_REASON = Field(name="reason", label="理由", kind="long")
EVIDENCE = Field(name="evidence", label="证据（案件事件）", kind="refs", required=False)

ACTIONS: tuple[Action, ...] = (
    Action(kind="alert.acknowledge", label="签收", key="a", fits=_open),
    Action(kind="alert.take_over", label="接手", key="A", fields=(_NOTE,), fits=_acked),
    Action(kind="alert.escalate", label="升级", key="e", fields=(_REASON,), fits=_open),
    Action(
        kind="alert.snooze",
        label="暂缓",
        key="s",
        fields=(Field(name="until", label="暂缓至（不得晚于法定期限前 24 小时）", kind="instant"), _REASON),
        fits=lambda record: _open(record) and not record.get("snoozed_until"),
    ),
    Action(kind="alert.wake", label="恢复提醒", fits=lambda record: bool(record.get("snoozed_until"))),
    Action(
        kind="alert.merge",
        label="合并",
        key="m",
        fields=(Field(name="into", label="并入（同一法院的另一预警）", kind="choice"),),
        fits=_open,
    ),
    Action(kind="alert.unmerge", label="取消合并", fits=lambda record: bool(record.get("merged_into"))),
    Action(
        kind="alert.resolve",
        label="办结",
        key="r",
        fields=(
            Field(
                name="reason_code",
                label="类别",
                kind="choice",
                choices={"handled": "已处理", "duplicate": "重复", "data_error": "数据有误", "not_applicable": "不适用"},
            ),
            _REASON,
            msgspec.structs.replace(EVIDENCE, required=True),
        ),
        fits=_open,
    ),
    Action(
        kind="alert.second",
        label="复核办结",
        fields=(Field(name="agreed", label="同意办结", kind="yes"), Field(name="reason", label="意见", required=False)),
        fits=lambda record: bool(record.get("pending")),
    ),
    Action(
        kind="alert.dispute",
        label="提出异议",
        fields=(Field(name="grounds", label="异议理由", kind="long"), EVIDENCE),
        fits=lambda record: _open(record) and not record.get("disputed_until"),
        bulk=False,
    ),
    Action(
        kind="alert.answer_dispute",
        label="答复异议",
        fields=(Field(name="upheld", label="异议成立", kind="yes"), _REASON),
        fits=lambda record: bool(record.get("disputed_until")),
        bulk=False,
    ),
    Action(kind="alert.close", label="关闭", fits=lambda record: record["state"] == "resolved"),
    Action(kind="alert.assign", label="指派", fields=(Field(name="to", label="由谁办理", kind="choice"),), fits=_open),
    Action(
        kind="alert.comment",
        label="备注",
        key="c",
        fields=(Field(name="text", label="备注", kind="long"),),
        fits=always,
    ),
)
BY_KEY: dict[str, Action] = {action.key: action for action in ACTIONS if action.key}

UNDO: dict[str, str] = {"alert.snooze": "alert.wake", "alert.merge": "alert.unmerge"}
"""What takes an action back within ten seconds; others are facts, and have their own opposite or none."""


def offered(principal: Principal, record: Record) -> list[Action]:
    """The actions that make sense for a record and that the role may ask at all."""
    return [action for action in ACTIONS if principal.role in RIGHTS[action.kind].roles and action.fits(record)]


def fields_of(action: Action, record: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the command bears beside what was filled in."""
    own = {"from_level": record.get("level", 0)} if action.kind == "alert.escalate" else {}
    return {**given, **own}
