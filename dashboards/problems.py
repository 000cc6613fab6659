"""Errors of the API as problem documents (RFC 9457), with titles in Chinese."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from dashboards.store import CaseRow
from infra.clickhouse.errors import ClickHouseError

MEDIA_TYPE = "application/problem+json"
CHOICES: Final = 100
"""As many cases of one number are named in an answer; more is no number."""
_TITLES = {
    400: "请求有误",
    401: "请先登录",
    403: "无权操作",
    404: "未找到",
    405: "不支持的请求方法",
    409: "与现状冲突",
    410: "已失效，请重新加载",
    413: "请求体过大",
    422: "参数有误",
    503: "暂不可用",
}


class Unanswerable(HTTPException):
    """What can't be answered.

    Args:
        status: Of the answer.
        detail: Why.
        zh: The same for the reader of a page.
        kind: The end of its problem's type, whose title is then ``zh``; "" = the status.
    """

    def __init__(self, status: int, detail: str, zh: str, *, kind: str = "") -> None:
        super().__init__(status, detail)
        self.zh, self.kind = zh, kind


class Json(JSONResponse):
    """JSON by msgspec, which knows our structs, dates and instants."""

    def render(self, content: Any) -> bytes:
        """Encode."""
        return msgspec.json.encode(content)


def problem_body(status: int, detail: str, *, kind: str = "", title: str = "", **more: Any) -> dict[str, Any]:
    """What a problem document says; ``kind`` is the end of its type, by default the status."""
    body = {
        "type": f"/problems/{kind or status}",
        "title": title or _TITLES.get(status, "请求失败"),
        "status": status,
        "detail": detail,
    }
    return body | more


def problem(status: int, detail: str, *, kind: str = "", title: str = "", **more: Any) -> Json:
    """The same as an answer."""
    return Json(problem_body(status, detail, kind=kind, title=title, **more), status, media_type=MEDIA_TYPE)


def several(detail: str, cases: Sequence[CaseRow]) -> Json:
    """A number that several cases bear: none of them is chosen for the asker, who sees them all."""
    shown = cases[:CHOICES]
    choices = [{"subject": row.subject, "rootid": row.rootid, "court": row.court, "case_no": row.case_no} for row in shown]
    return problem(409, detail, kind="several-cases", title="案号对应多件案件", choices=choices)


def answer_errors(app: FastAPI) -> None:
    """Answer every error of the API as a problem document."""

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail))

    @app.exception_handler(Unanswerable)
    async def unanswerable(_: Request, error: Unanswerable) -> JSONResponse:
        return problem(error.status_code, str(error.detail), kind=error.kind, title=error.zh if error.kind else "")

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        errors = [{"field": ".".join(map(str, e["loc"])), "message": e["msg"]} for e in error.errors()]
        return problem(422, "a parameter is not what it should be", errors=errors)

    @app.exception_handler(ClickHouseError)
    async def warehouse_away(_: Request, error: ClickHouseError) -> JSONResponse:
        return problem(503, f"the warehouse does not answer: {error}", title="数据仓库暂不可用")
