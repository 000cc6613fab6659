"""Login, logout, one's own password, and the way in of a kiosk: posted forms, since only an answer can set a cookie."""

import asyncio
from html import escape
from typing import Annotated
from urllib.parse import quote

from fastapi import FastAPI, Form, Request
from nicegui import ui
from starlette.responses import RedirectResponse, Response

from contract.courts import COURTS
from contract.duty.rights import ROLES_ZH
from dashboards.guard import KIOSK_REFUSED, LOGIN, PASSWORD
from dashboards.identity import KIOSK_COOKIE, SESSION_COOKIE, Identity, Visitor, address_of, visitor_of
from dashboards.lost import said
from infra.accounts.errors import AccountError, LoginRefused, Throttled
from infra.accounts.secrets import MAX_LENGTH, MIN_LENGTH

_KIOSK_S = 400 * 86400
"""As long as a browser keeps a cookie; the token itself says when it ends."""

_WORDS = {
    "refused": "登录名或者密码不正确，或者账号已停用。",
    "present": "当前密码不正确。",
    "again": "两次输入的新密码不一致。",
    "same": "新密码不能与当前密码相同。",
    "length": f"新密码须为 {MIN_LENGTH} 至 {MAX_LENGTH} 个字符。",
    "ended": "登录已失效，请重新登录。",
}
_Text = Annotated[str, Form(max_length=1024)]


def mount(app: FastAPI, identity: Identity, *, secure: bool = False) -> None:
    """Declare the pages and the places that their forms are posted to. ``secure``: cookies go over TLS only."""
    _pages()
    _session(app, identity, secure=secure)
    _password(app, identity, secure=secure)

    @app.get("/kiosk", include_in_schema=False)
    async def kiosk(request: Request, token: str) -> Response:
        found = await asyncio.to_thread(identity.accounts.tokens.find, token, address_of(request))
        if found is None or found.kind != "kiosk":
            return said(401, "大屏未授权", KIOSK_REFUSED, back=False)
        answer = RedirectResponse("/", 303, {"Referrer-Policy": "no-referrer"})
        answer.set_cookie(KIOSK_COOKIE, token, _KIOSK_S, httponly=True, samesite="lax", secure=secure)
        return answer


def _pages() -> None:
    @ui.page(LOGIN, title="一盘棋 · 登录")
    def login(error: str = "", wait: int = 0, next: str = "/") -> None:  # noqa: A002 - the name in the address
        fields = _field("login", "登录名", "username") + _field("password", "密码", "current-password", secret=True)
        fields += f'<input type="hidden" name="next" value="{escape(local(next))}">'
        _card("登录", LOGIN, fields, "登录", _said(error, wait))

    @ui.page(PASSWORD, title="一盘棋 · 账号")
    def account(request: Request, error: str = "", done: str = "") -> None:
        visitor = visitor_of(request)
        who = f"<p>{escape(visitor.name)} · {_whose(visitor)}</p>"
        if visitor.cookie is None:
            _card("账号", "", who, "", "")
            return
        csrf = f'<input type="hidden" name="csrf" value="{escape(visitor.csrf)}">'
        first = "<p>首次登录，请先设置自己的密码。</p>" if visitor.must_change else ""
        fields = (
            csrf
            + _field("present", "当前密码", "current-password", secret=True)
            + _field("new", f"新密码（至少 {MIN_LENGTH} 个字符）", "new-password", secret=True)
            + _field("again", "再输入一次新密码", "new-password", secret=True)
        )
        said = '<p class="said" role="status">密码已修改。</p>' if done else _said(error, 0)
        leave = f'<form method="post" action="/logout">{csrf}<button class="quiet">退出登录</button></form>'
        _card("账号", PASSWORD, fields, "修改密码", who + first + said, leave)


def _session(app: FastAPI, identity: Identity, *, secure: bool) -> None:
    @app.post(LOGIN, include_in_schema=False)
    async def log_in(request: Request, login: _Text, password: _Text, next: _Text = "/") -> Response:  # noqa: A002
        people, sessions = identity.accounts.people, identity.accounts.sessions
        try:
            account = await asyncio.to_thread(people.log_in, login.strip(), password, address_of(request))
        except Throttled as error:
            return _back(LOGIN, f"wait={error.retry_after_s}&next={quote(local(next), safe='')}")
        except LoginRefused:
            return _back(LOGIN, f"error=refused&next={quote(local(next), safe='')}")
        if before := request.cookies.get(SESSION_COOKIE):
            await asyncio.to_thread(sessions.end, before)
        cookie = await asyncio.to_thread(sessions.begin, account)
        return _with_session(RedirectResponse(PASSWORD if account.must_change else local(next), 303), cookie, secure=secure)

    @app.post("/logout", include_in_schema=False)
    async def log_out(request: Request, csrf: _Text = "") -> Response:
        visitor = visitor_of(request)
        if visitor.cookie is not None and visitor.is_csrf(csrf):
            await asyncio.to_thread(identity.accounts.sessions.end, visitor.cookie)
        answer = RedirectResponse(LOGIN, 303)
        answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=secure)
        return answer


def _password(app: FastAPI, identity: Identity, *, secure: bool) -> None:
    @app.post(PASSWORD, include_in_schema=False)
    async def change(request: Request, present: _Text, new: _Text, again: _Text, csrf: _Text = "") -> Response:
        visitor = visitor_of(request)
        if visitor.cookie is None or not visitor.is_csrf(csrf):
            return _back(LOGIN, "error=ended")
        if new != again:
            return _back(PASSWORD, "error=again")
        if not MIN_LENGTH <= len(new) <= MAX_LENGTH:
            return _back(PASSWORD, "error=length")
        accounts = identity.accounts
        try:
            account = await asyncio.to_thread(accounts.people.find, visitor.principal.account)
            await asyncio.to_thread(accounts.people.change_password, account, present, new)
        except LoginRefused:
            return _back(PASSWORD, "error=present")
        except AccountError:
            return _back(PASSWORD, "error=same")
        # All sessions of the account have ended, this one too: the next one has another cookie.
        cookie = await asyncio.to_thread(accounts.sessions.begin, account)
        return _with_session(_back("/" if visitor.must_change else PASSWORD, "done=1"), cookie, secure=secure)


def local(address: str) -> str:
    """An address to go on to, if it is one of ours; otherwise the first page."""
    ours = address.startswith("/") and not address.startswith(("//", "/\\", LOGIN)) and address.isprintable()
    return address if ours else "/"


def _back(path: str, query: str) -> RedirectResponse:
    return RedirectResponse(f"{path}?{query}", 303)


def _with_session(answer: RedirectResponse, cookie: str, *, secure: bool) -> RedirectResponse:
    answer.set_cookie(SESSION_COOKIE, cookie, httponly=True, samesite="lax", secure=secure)
    return answer


def _whose(visitor: Visitor) -> str:
    court = COURTS.get(visitor.principal.court)
    return f"{ROLES_ZH[visitor.principal.role]} · {escape(court.name if court else visitor.principal.court)}"


def _said(error: str, wait: int) -> str:
    text = f"失败次数过多，请 {wait} 秒后再试。" if wait > 0 else _WORDS.get(error, "")
    return f'<p class="said wrong" role="alert">{text}</p>' if text else ""


def _field(name: str, label: str, complete: str, *, secret: bool = False) -> str:
    kind = "password" if secret else "text"
    return (
        f'<label>{escape(label)}<input name="{name}" type="{kind}" autocomplete="{complete}" required'
        f' autocapitalize="none" spellcheck="false" maxlength="{MAX_LENGTH}"></label>'
    )


def _card(title: str, action: str, fields: str, button: str, before: str, after: str = "") -> None:
    """One card in the middle of the page, at any width."""
    form = f'<form method="post" action="{action}">{fields}<button>{button}</button></form>' if button else fields
    body = f'<main class="card"><h1>一盘棋 · {escape(title)}</h1>{before}{form}{after}<a href="/">返回首页</a></main>'
    ui.html(body, sanitize=False).classes("contents")
