"""Answers of the gateway when something is wrong: problem details (RFC 9457), each kind with a stable, relative type."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from contract.errors import FieldError

MEDIA_TYPE = "application/problem+json"

# name of the kind → (status, title in Chinese)
KINDS: dict[str, tuple[int, str]] = {
    "malformed-body": (400, "请求体无法解析"),
    "pass-refused": (401, "身份凭证无效"),
    "feed-token": (401, "接入令牌缺失或者无效"),
    "forbidden": (403, "无权操作"),
    "foreign-feed": (403, "不得代其他法院发送"),
    "unknown-target": (404, "没有这条记录"),
    "not-found": (404, "没有这个地址"),
    "method-not-allowed": (405, "不支持的请求方法"),
    "request-timeout": (408, "请求体未在时限内到达"),
    "conflict": (409, "与现状冲突"),
    "stale-version": (409, "记录已变更，请核对后再操作"),
    "too-large": (413, "请求体过大"),
    "unsupported-media-type": (415, "不支持的内容类型"),
    "invalid-event": (422, "事件未通过校验"),
    "invalid-command": (422, "命令未通过校验"),
    "key-reused": (422, "幂等键已用于另一命令"),
    "too-many-requests": (429, "写入繁忙，请稍后重发"),
    "internal-error": (500, "网关内部错误"),
    "broker-unavailable": (503, "消息平台暂不可用，请稍后重发"),
}
_MALFORMED = frozenset({"not_json", "not_an_object"})


class Problem(Exception):
    """What is wrong with a request as a whole.

    Attributes:
        kind: One of `KINDS`.
        detail: What is wrong and what to do about it, in English.
        errors: Every error of a single event.
        retry_after_s: When it is worth trying again.
        extra: Further members of the answer.
    """

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        errors: Iterable[FieldError] = (),
        retry_after_s: int | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after_s = retry_after_s
        self.extra = extra or {}

    @property
    def status(self) -> int:
        """HTTP status."""
        return KINDS[self.kind][0]

    def members(self) -> dict[str, Any]:
        """The problem as JSON."""
        members: dict[str, Any] = {
            "type": f"/problems/{self.kind}",
            "title": KINDS[self.kind][1],
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            members["errors"] = [error_members(error) for error in self.errors]
        return members | dict(self.extra)

    def response(self) -> Response:
        """The problem as an answer."""
        headers = {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}
        if self.kind in {"too-large", "request-timeout"}:
            headers["Connection"] = "close"  # the rest of the body isn't read
        return Response(msgspec.json.encode(self.members()), self.status, headers, MEDIA_TYPE)


def error_members(error: FieldError) -> dict[str, str]:
    """One error of an event as JSON; ``pointer`` is RFC 6901 into the structured event."""
    parts = error.field.replace("[", ".").replace("]", "").split(".") if error.field else []
    pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)
    return {"field": error.field, "pointer": pointer, "code": error.code, "detail": error.message}


def refused(errors: tuple[FieldError, ...]) -> Problem:
    """The problem of one event that was refused."""
    codes = {error.code for error in errors}
    if "too_large" in codes:
        kind = "too-large"
    elif "foreign_feed" in codes:
        kind = "foreign-feed"
    elif codes & _MALFORMED and len(errors) == 1 and not errors[0].field:
        kind = "malformed-body"
    else:
        kind = "invalid-event"
    count = "1 error was" if len(errors) == 1 else f"{len(errors)} errors were"
    return Problem(kind, f"the event was not accepted: {count} found; correct it and send it again", errors=errors)
