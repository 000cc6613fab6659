"""Dialogs of the console: what an action asks, and the help."""

from collections.abc import Callable
from typing import Any, TypeVar

from nicegui import ui
from nicegui.elements.mixins.validation_element import ValidationElement
from nicegui.elements.mixins.value_element import ValueElement

from dashboards.console.forms import ACTIONS, NO_PERSONS, Action, Field
from dashboards.console.reading import Mistake, read_form

T = TypeVar("T")

_SHORT = 12
"""A longer list can be searched by typing."""

_KEYS = {
    "j / k": "下一条 / 上一条",
    "x": "选中或取消",
    "X": "选中到此",
    "d": "起草督办令",
    "t": "看案件经过",
    "/": "查找",
    "z": "撤销（10 秒内）",
    "g": "再按 a 队列、d 督办、r 值班表、h 交接班、q 质量、w 大屏",
    "?": "本帮助",
    "Esc": "关闭下拉列表、帮助和未填写的表单；已填写的须按“取消”",
}
_MEANING = {
    "签收": "由您具名处理：当前一级不再通知。特急 30 分钟、紧急 4 小时、一般 2 天后过期，未处理的会再次通知。",
    "接手": "改由您处理，前后两人都有记录。",
    "升级": "立即通知下一级；每一级只升一次。",
    "暂缓": "到所定时间前不再提醒，最晚到法定期限前 24 小时；期限届满或级别升高会提前恢复。",
    "合并": "跟随同一法院的另一条预警，证据各自保留，可以取消。",
    "办结": "值班处置完毕，须有类别、理由和证据；特急须第二人复核。法定义务仍须由法院的实际行为了结。",
    "异议": "被监督法院的申辩，五个工作日内答复；期间不计入考核，但期限照算。",
}


async def fill_in(heading: str, build: Callable[[], Callable[[], T]], *, wide: bool = False) -> T | None:
    """Show a form and wait until somebody has filled it in; None if the person thinks better of it.

    It goes by its two buttons alone: it stands in the page itself, not in the part that a button stands in, which may be drawn
    anew while somebody types, and neither Escape nor a click beside it wipes it. Escape leaves one that is untouched.

    Args:
        heading: HTML above the fields.
        build: Draws the fields, and returns what reads them; a `Mistake` of that is shown, and the form stays.
        wide: Whether it has rows of several fields.
    """
    kind = "dialog wide" if wide else "dialog"
    with ui.context.client, ui.dialog().props("persistent no-shake") as dialog, ui.card().classes(kind) as card:
        ui.html(heading, sanitize=False)
        read = build()
        wrong = ui.label("").classes("orange")

        def submit() -> None:
            try:
                dialog.submit(read())
            except Mistake as mistake:
                wrong.set_text("" if mistake.field else str(mistake))

        with ui.row():
            ui.button("确定", on_click=submit).props("no-caps color=primary text-color=dark").mark("submit")
            ui.button("取消", on_click=lambda: dialog.submit(None)).props("flat no-caps color=grey-4")
    untouched = _values(card)

    def escape() -> None:
        if _values(card) == untouched:
            dialog.submit(None)
        else:
            wrong.set_text("填写的内容尚未提交；放弃请按“取消”")

    dialog.on("keyup.esc", escape)
    dialog.open()
    given: T | None = await dialog
    if not dialog.is_deleted:  # it goes with a page that is left
        dialog.delete()
    return given


def _values(card: ui.card) -> list[Any]:
    """What stands in each field of a form."""
    return [field.value for field in card.descendants() if isinstance(field, ValueElement)]


async def ask_fields(action: Action, count: int) -> dict[str, Any] | None:
    """Ask what the action asks; {} at once if it asks nothing, None if the person thinks better of it."""
    if not action.fields:
        return {}

    def build() -> Callable[[], dict[str, Any]]:
        inputs = {field.name: _input(field) for field in action.fields}
        inputs[action.fields[0].name].props("autofocus")

        def read() -> dict[str, Any]:
            for one in inputs.values():
                mark(one, None)
            try:
                return read_form(action, {name: one.value for name, one in inputs.items()})
            except Mistake as mistake:
                mark(inputs[mistake.field], str(mistake))
                raise

        return read

    return await fill_in(f"<h2>{action.label}{f'（{count} 件）' if count > 1 else ''}</h2>", build)


def mark(field: Any, mistake: str | None) -> None:
    """Say at a field what is wrong with it, and go there; None = nothing is."""
    if isinstance(field, ValidationElement):
        field.error = mistake
    if mistake is not None:
        field.run_method("focus")


def _input(field: Field) -> Any:
    if field.kind == "yes":
        return ui.checkbox(field.label).props("dark")
    props, hint = f'dark outlined dense aria-label="{field.label}"', ""
    found: Any
    match field.kind:
        case "long":
            found, hint = ui.textarea(field.label, value=field.value), NO_PERSONS
        case "refs" if field.choices:
            found = ui.select(field.choices, label=field.label, multiple=True, with_input=True).props("use-chips")
        case "refs":
            found, hint = ui.textarea(field.label, value=field.value), "每行一个事件：来源与编号，中间用空格分开"
        case "choice":
            found = ui.select(
                field.choices, label=field.label, value=field.value or None, with_input=len(field.choices) > _SHORT
            )
        case "instant":
            found = ui.input(field.label, value=field.value, placeholder="2024-03-01 09:30")
        case _:
            found = ui.input(field.label, value=field.value)
    room = f'hint="{hint}"' if hint else "bottom-slots"  # for a mistake, so that nothing moves when one is told
    return found.props(f"{props} {room}").classes("w-full")


def show_help() -> None:
    """The keys, and what each action means."""
    keys = {**_KEYS, **{action.key: action.label for action in ACTIONS if action.key}}
    rows = "".join(f"<tr><td><kbd>{key}</kbd></td><td>{text}</td></tr>" for key, text in keys.items())
    meanings = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in _MEANING.items())
    with ui.context.client, ui.dialog() as dialog, ui.card().classes("dialog wide"):
        ui.html(
            f'<div class="help"><div><h2>按键</h2><table>{rows}</table></div><div><h2>含义</h2><dl>{meanings}</dl></div></div>',
            sanitize=False,
        )
        ui.button("关闭", on_click=dialog.close).props("flat no-caps color=grey-4")
    dialog.open()
