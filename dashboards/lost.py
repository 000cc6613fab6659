"""What is said where no page can be shown: an address that isn't there, a page that failed, a kiosk whose token ended.

These are plain documents: they keep nothing open, and hold when nothing else does.
"""

from collections.abc import Mapping
from html import escape
from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from nicegui import app as pages_app
from nicegui import ui
from starlette.responses import HTMLResponse, Response

from contract.errors import YipanqiError
from dashboards.problems import problem

AWAY = "数据仓库暂不可用，请稍后刷新。"
_FAILED = "页面出错，已记入日志。请稍后刷新；再次出现请联系管理员。"
_BOUNDS: Final = {"ge": "不小于", "le": "不大于", "gt": "大于", "lt": "小于"}
_TAKEN: Final = {"int": "整数", "date": "日期，如 2024-05-31", "bool": "true 或 false"}
"""Beginning of an error's type → what the parameter takes."""


class Away(YipanqiError):
    """A page can't be shown now for a reason that its reader can be told: its text."""


def mount() -> None:
    """Answer for every address that no other part of the application has."""

    @pages_app.exception_handler(404)
    async def lost(request: Request, _: Exception) -> Response:
        path = request.url.path
        if path.startswith("/api/"):
            return problem(404, f"no call has the address {path}")
        return said(404, "没有这个页面", "地址可能有误，或者页面已经移走。")

    @pages_app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        return said(422, "地址有误", "；".join(map(_wrong, error.errors())) + "。")

    def failed(error: Exception) -> None:
        ui.html(_card("暂时无法显示", str(error) if isinstance(error, Away) else _FAILED), sanitize=False).classes("contents")

    pages_app.on_page_exception(failed)


def _wrong(one: Mapping[str, Any]) -> str:
    """What is wrong with a parameter of an address, in words: what it takes."""
    name, kind = one["loc"][-1], str(one["type"])
    if kind == "unknown":
        return f"没有条件 {name}，可用的条件是 {'、'.join(one['known'])}"
    bounds = one.get("ctx") or {}
    for bound, word in _BOUNDS.items():
        if bound in bounds:
            return f"条件 {name} 应{word} {bounds[bound]}"
    if kind == "literal_error":
        return f"条件 {name} 只能是 {str(bounds['expected']).replace(' or ', '、').replace(', ', '、')}".replace("'", "")
    return f"条件 {name} 应为{next((words for begin, words in _TAKEN.items() if kind.startswith(begin)), '其他的值')}"


def said(status: int, title: str, text: str, *, back: bool = True) -> HTMLResponse:
    """A page of one card. ``back``: whether it leads to the first page."""
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>一盘棋 · {escape(title)}</title><link rel="stylesheet" href="/assets/wall.css">'
    )
    body = _card(title, text, back=back)
    return HTMLResponse(f'<!doctype html><html lang="zh-CN"><head>{head}</head><body>{body}</body></html>', status)


def _card(title: str, text: str, *, back: bool = True) -> str:
    way = '<a href="/">返回首页</a>' if back else ""
    return f'<main class="card"><h1>一盘棋 · {escape(title)}</h1><p>{escape(text)}</p>{way}</main>'
