"""The guard before every path of the wall process: finds out who asks. What isn't named open here is closed.

It also refuses calls that another site's page makes in a person's name (CSRF): by where the browser says that it comes from,
and under /api by the session's own secret, which no other site can read.
"""

from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboards.identity import Identity, TokenRefused, Visitor
from dashboards.lost import said
from dashboards.problems import problem

LOGIN = "/login"
KIOSK_REFUSED = "此大屏的令牌无效或者已停用，请联系管理员。"
PASSWORD = "/account"  # noqa: S105 - the address of a page
OPEN = frozenset({LOGIN, "/kiosk", "/health", "/health/live", "/health/ready", "/metrics", "/favicon.ico"})
OPEN_BELOW = ("/assets/", "/_nicegui/", "/_nicegui_ws/")
"""Scripts, styles and the websocket: a page's socket is known by an id that only the page itself was told."""

_BEFORE_A_PASSWORD = frozenset({PASSWORD, "/logout"})
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
CSRF_HEADER = "X-CSRF-Token"


class Guard:
    """ASGI middleware; puts the visitor into the request's scope, where `identity.visitor_of` reads it."""

    def __init__(self, app: ASGIApp, identity: Identity) -> None:
        self._app = app
        self._identity = identity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        refusal = await self._refusal(request)
        await (refusal or self._app)(scope, receive, send)

    async def _refusal(self, request: Request) -> Response | None:
        path = request.url.path
        if request.method in _CHANGING and not _same_site(request):
            return problem(403, "the call comes from another site's page", kind="csrf", title="跨站请求被拒绝")
        if path in OPEN or path.startswith(OPEN_BELOW):
            return None
        try:
            visitor = await self._identity.visitor(request)
        except TokenRefused:
            return _refused_token(path)
        if visitor is None:
            return _unknown(request)
        request.scope["yipanqi.visitor"] = visitor
        return _password_first(path, visitor) or _csrf(request, visitor)


def _same_site(request: Request) -> bool:
    """Whether a browser's changing call comes from a page of ours; programs say nothing of where they come from."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host", ""):
        return False
    return request.headers.get("sec-fetch-site", "none") in {"same-origin", "none"}


def _refused_token(path: str) -> Response:
    if path.startswith("/api/"):
        return problem(401, "the token is unknown, revoked, at its end, or used from elsewhere", title="令牌无效")
    return said(401, "大屏未授权", KIOSK_REFUSED, back=False)


def _unknown(request: Request) -> Response:
    path = request.url.path
    if path.startswith("/api/") or request.method in _CHANGING:
        return problem(401, f"log in at {LOGIN}, or send a token: Authorization: Bearer …")
    wanted = path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{LOGIN}?next={quote(wanted, safe='')}", 303)


def _password_first(path: str, visitor: Visitor) -> Response | None:
    if not visitor.must_change or path in _BEFORE_A_PASSWORD:
        return None
    if path.startswith("/api/"):
        return problem(403, f"set a password of your own first: {PASSWORD}", kind="password-first", title="请先修改初始密码")
    return RedirectResponse(PASSWORD, 303)


def _csrf(request: Request, visitor: Visitor) -> Response | None:
    if request.method not in _CHANGING or not request.url.path.startswith("/api/"):
        return None  # forms of our pages bear the secret as a field, which their handlers check
    if visitor.is_csrf(request.headers.get(CSRF_HEADER, "")):
        return None
    return problem(
        403, f"the header {CSRF_HEADER} must bear the session's csrf (GET /api/v1/me)", kind="csrf", title="缺少防伪令牌"
    )
