"""The one place that makes a `Principal`: from a session's cookie, a token, or, on loopback, from nothing.

Nothing else in a request says who asks: no header that a proxy or a caller sets, no body. Headers can only take away: a request
that came through a proxy is no visitor on loopback, whatever address the connection has.
"""

import asyncio
import hmac

import msgspec
from starlette.requests import HTTPConnection

from contract.courts import SPC
from contract.duty.people import Principal
from contract.duty.scope import EVERYTHING, READS, Reads, Scope, courts_seen
from infra.accounts.store import Accounts
from infra.settings import Visitors

SESSION_COOKIE = "yipanqi_session"
KIOSK_COOKIE = "yipanqi_kiosk"
FEEDS = "/api/v1/rota/"
"""The only addresses that may bear a token themselves: calendars send no headers, and what they fetch is a roster alone."""

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
_PROXIED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")

ON_LOOPBACK = Principal(account="/kiosk/loopback", role="kiosk", court=SPC, via="kiosk")


class TokenRefused(Exception):
    """A token that doesn't hold, or isn't one of those that see pages; its bearer is told so and never sent to a login."""


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks and asks.

    Attributes:
        principal: Who it is.
        reads: What it reads.
        cookie: Its session, None for tokens and visitors on loopback.
        csrf: What its changing calls must bear in X-CSRF-Token; "" where no browser sends a cookie by itself.
        token: Its token and the address that it came from, None for sessions and visitors on loopback.
        name: Name or login, for its own eyes.
        must_change: Whether it must set a password before anything else.
    """

    principal: Principal
    reads: Reads
    cookie: str | None = None
    csrf: str = ""
    token: tuple[str, str] | None = None
    name: str = ""
    must_change: bool = False

    @property
    def scope(self) -> Scope:
        """The courts that it sees."""
        return courts_seen(self.principal.role, self.principal.court)

    @property
    def anonymous(self) -> bool:
        """Whether it is somebody on loopback who didn't log in."""
        return self.principal is ON_LOOPBACK

    def is_csrf(self, presented: str) -> bool:
        """Whether a changing call may pass: it bears the session's secret, or came by no cookie."""
        return self.cookie is None or (bool(presented) and hmac.compare_digest(self.csrf.encode(), presented.encode()))


class Identity:
    """Finds out who a request is from.

    Args:
        accounts: The accounts of the data folder.
        visitors: What somebody on loopback sees without login.
    """

    def __init__(self, accounts: Accounts, visitors: Visitors = "none") -> None:
        self.accounts = accounts
        self.visitors = visitors

    async def visitor(self, request: HTTPConnection) -> Visitor | None:
        """Who a request is from; None = nobody known, who must log in.

        Raises:
            TokenRefused: It bears a token that doesn't hold.
        """
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        if scheme:
            return await self._refused_or(bearer.strip() if scheme.lower() == "bearer" else "", request)
        if request.url.path.startswith(FEEDS) and (token := request.query_params.get("token")):
            return await self._refused_or(token, request)
        if cookie := request.cookies.get(SESSION_COOKIE):
            found = await self.by_session(cookie)
            if found is not None:
                return found
        if kiosk := request.cookies.get(KIOSK_COOKIE):
            return await self._refused_or(kiosk, request)
        if self.visitors != "none" and _on_loopback(request):
            return Visitor(principal=ON_LOOPBACK, reads=EVERYTHING if self.visitors == "open" else READS["kiosk"])
        return None

    async def by_session(self, cookie: str, *, used: bool = True) -> Visitor | None:
        """Who a session is; None = it doesn't hold any more. Pages that stay open ask again with ``used`` false."""
        session = await asyncio.to_thread(self.accounts.sessions.find, cookie, used=used)
        if session is None:
            return None
        account = session.account
        return Visitor(
            principal=account.principal,
            reads=READS[account.role],
            cookie=cookie,
            csrf=session.csrf,
            name=account.name or account.login,
            must_change=account.must_change,
        )

    async def still(self, visitor: Visitor, *, used: bool = False) -> Visitor | None:
        """The same visitor now, None if it no longer is one: its session or token may have ended, its role changed.

        What stays open (a page, a stream) asks again and again; a page asks before it acts, ``used`` true.
        """
        if visitor.token is not None:
            return await self._by_token(*visitor.token)
        return visitor if visitor.cookie is None else await self.by_session(visitor.cookie, used=used)

    async def _refused_or(self, secret: str, request: HTTPConnection) -> Visitor:
        visitor = await self._by_token(secret, address_of(request))
        if visitor is None:
            raise TokenRefused
        return visitor

    async def _by_token(self, secret: str, address: str) -> Visitor | None:
        token = await asyncio.to_thread(self.accounts.tokens.find, secret, address)
        if token is None or token.kind == "feed":
            return None
        reads, name = READS[token.role], token.label or token.id
        return Visitor(principal=token.principal, reads=reads, token=(secret, address), name=name)


def address_of(request: HTTPConnection) -> str:
    """The address at the other end of the connection."""
    return request.client.host if request.client else ""


def _on_loopback(request: HTTPConnection) -> bool:
    """Whether a browser of this machine asks this machine by a name of its own (another name may be a rebound one)."""
    host = request.headers.get("host", "")
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    proxied = any(header in request.headers for header in _PROXIED)
    return address_of(request) in _LOOPBACK and name in _LOOPBACK_NAMES and not proxied


def visitor_of(request: HTTPConnection) -> Visitor:
    """Who a request is from, as the guard found out before it let the request through."""
    visitor: Visitor = request.scope["yipanqi.visitor"]
    return visitor
