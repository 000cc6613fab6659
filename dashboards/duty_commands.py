"""The API's verbs: everything that a person may ask of the duty room, each as a POST with an Idempotency-Key.

If-Match bears the version that the caller saw (the ETag of a record); without it any version is meant. What the gateway answers
goes on unchanged. In bulk each item has an answer of its own.
"""

import asyncio
import re
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, FastAPI, Header, Query, Request, Response
from starlette.exceptions import HTTPException

from contract.canonical import short_id
from contract.courts import COURTS
from contract.duty.asked import ASKABLE, MAX_BYTES
from contract.duty.commands import Command
from contract.duty.people import Principal
from dashboards.commands import Commands, Reply
from dashboards.duty_kept import desk_of
from dashboards.identity import visitor_of
from dashboards.problems import MEDIA_TYPE, Json, problem
from dashboards.scene import Scene

MAX_BULK = 200
_AT_ONCE = 16
_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')
_DUTY = {
    "sign-in": "roster.sign_in",
    "handover": "roster.hand_over",
    "swap": "roster.swap_ask",
    "swap-answer": "roster.swap_answer",
    "rota": "roster.set",
    "override": "roster.override",
    "override-drop": "roster.override_drop",
    "window": "window.set",
}
_DIRECTIVE_FORM = "directive.draft"

Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")]
Match = Annotated[str | None, Header(alias="If-Match", description='version that you saw, as its ETag: "7"')]
Court = Annotated[str | None, Query(description="法院代字 of the desk; default your own court")]


class _Item(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    expected: int | None = None
    fields: dict[str, Any] = {}


class _Bulk(msgspec.Struct, forbid_unknown_fields=True):
    action: str
    items: Annotated[list[_Item], msgspec.Meta(min_length=1, max_length=MAX_BULK)]
    fields: dict[str, Any] = {}


def mount(app: FastAPI, scene: Scene, commands: Commands) -> None:
    """Add the verbs to an application."""
    del scene
    router = APIRouter(prefix="/api/v1", tags=["duty"])
    _bulk(router, commands)
    for name in sorted(ASKABLE):
        room, _, verb = name.partition(".")
        if room in {"alert", "directive"}:
            _verb(router, commands, f"/{room}s/{{target}}:{verb.replace('_', '-')}", name)
    _new_directive(router, commands)
    for path, name in _DUTY.items():
        _of_desk(router, commands, f"/duty/{path}", name)
    app.include_router(router)


def _verb(router: APIRouter, commands: Commands, path: str, kind: str) -> None:
    @router.post(path, summary=_summary(kind), openapi_extra=_body_of(kind), operation_id=kind)
    async def ask(request: Request, target: str, idempotency_key: Key, if_match: Match = None) -> Response:
        principal, fields = _who(request), await _fields(request)
        return _answer(await commands.ask(principal, kind, target, idempotency_key, fields, expected=_version(if_match)))


def _new_directive(router: APIRouter, commands: Commands) -> None:
    @router.post("/directives", summary="Draft a directive", openapi_extra=_body_of(_DIRECTIVE_FORM), operation_id="draft")
    async def draft(request: Request, idempotency_key: Key) -> Response:
        principal, fields = _who(request), await _fields(request)
        target = short_id("directive", principal.account, idempotency_key)
        return _answer(await commands.ask(principal, _DIRECTIVE_FORM, target, idempotency_key, fields, expected=0))


def _of_desk(router: APIRouter, commands: Commands, path: str, kind: str) -> None:
    @router.post(path, summary=_summary(kind), openapi_extra=_body_of(kind), operation_id=kind)
    async def ask(request: Request, idempotency_key: Key, if_match: Match = None, court: Court = None) -> Response:
        principal, fields = _who(request), await _fields(request)
        code = court or principal.court
        if code not in COURTS:
            raise HTTPException(404, f"no court has the code {code!r}")
        reply = await commands.ask(principal, kind, desk_of(code), idempotency_key, fields, expected=_version(if_match))
        return _answer(reply)


def _bulk(router: APIRouter, commands: Commands) -> None:
    schema = msgspec.json.schema(_Bulk)
    extra = {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}

    @router.post("/alerts:bulk", summary=f"One action on up to {MAX_BULK} alerts, an answer for each", openapi_extra=extra)
    async def bulk(request: Request, idempotency_key: Key) -> Response:
        principal = _who(request)
        try:
            wanted = msgspec.json.decode(await _body(request), type=_Bulk)
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            raise HTTPException(422, f"no bulk action: {error}") from None
        kind = "alert." + wanted.action.replace("-", "_")
        if kind not in ASKABLE:
            raise HTTPException(422, f"{wanted.action!r} is no action on alerts")
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(item: _Item) -> dict[str, Any]:
            key = short_id("bulk", idempotency_key, item.id)
            async with gate:
                reply = await commands.ask(principal, kind, item.id, key, wanted.fields | item.fields, expected=item.expected)
            return {"id": item.id, "status": reply.status, **reply.body}

        results = await asyncio.gather(*map(one, wanted.items))
        done = sum(result["status"] == 200 for result in results)
        return Json({"accepted": done, "refused": len(results) - done, "results": results})


def _who(request: Request) -> Principal:
    """Who asks; a visitor who only looks is told to log in, a kiosk that it only looks."""
    visitor = visitor_of(request)
    if visitor.anonymous:
        raise HTTPException(401, "log in at /login, or send a program's token: Authorization: Bearer …")
    if visitor.principal.account.startswith("/"):
        raise HTTPException(403, "a named person asks: a kiosk, or a program that acts for nobody, only looks")
    return visitor.principal


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_BYTES:
            raise HTTPException(413, f"the body has more than {MAX_BYTES} bytes")
    return body


async def _fields(request: Request) -> dict[str, Any]:
    """The fields of a command. What says who, what or when it is can't be among them: the gateway refuses it."""
    body = await _body(request)
    try:
        fields = msgspec.json.decode(body or b"{}")
    except (msgspec.DecodeError, RecursionError) as error:
        raise HTTPException(400, f"the body is no JSON: {error}") from None
    if not isinstance(fields, dict):
        raise HTTPException(422, "the body is a JSON object with the fields of the command")
    reserved = {"kind", "target", "idempotency_key", "expected"} & set(fields)
    if reserved:
        raise HTTPException(422, f"{', '.join(sorted(reserved))}: said by the address and the headers, not by the body")
    return fields


def _version(if_match: str | None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise HTTPException(400, f'If-Match {if_match!r} is no version; send the record\'s ETag, such as "7"')
    return int(found[1])


def _answer(reply: Reply) -> Response:
    if reply.status in {400, 401} and reply.body.get("type") == "/problems/pass-refused":
        detail = "the gateway does not know this wall's key; both need the same data folder"
        return problem(503, detail, title="网关不认可本机密钥")
    media = None if reply.status < 400 else MEDIA_TYPE
    return Json(reply.body, reply.status, reply.headers, media)


def _summary(kind: str) -> str:
    return (ASKABLE[kind].__doc__ or kind).strip().splitlines()[0]


def _body_of(kind: str) -> dict[str, Any]:
    """The request body of a command, for OpenAPI: its struct without what every command has."""
    _, parts = msgspec.json.schema_components([ASKABLE[kind]], ref_template="#/$defs/{name}")
    body = dict(parts.pop(ASKABLE[kind].__name__))
    common = {"kind", *(field.encode_name for field in msgspec.structs.fields(Command))}
    body["properties"] = {name: one for name, one in body["properties"].items() if name not in common}
    body["required"] = [name for name in body.get("required", ()) if name not in common]
    content = {"application/json": {"schema": body | ({"$defs": parts} if parts else {})}}
    return {"requestBody": {"required": bool(body["required"]), "content": content}}
