"""A Grafana server: the one owner of `grafana-api`, so that it can be replaced. Calls block."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

import requests
from grafana_api.grafana_api import GrafanaException
from grafana_api.grafana_face import GrafanaFace

from contract.errors import YipanqiError

TIMEOUT_S: Final = 15.0
_NOT_FOUND: Final = 404
_ORGANISATION: Final = "X-Grafana-Org-Id"
_OURS_TO_SET: Final = ("name", "type", "access", "url", "isDefault", "jsonData")


class GrafanaError(YipanqiError):
    """Grafana refused, or doesn't answer: what was asked, and what it said."""


class GrafanaServer:
    """One server, and the organisation that is asked.

    Args:
        url: Its address, ``http://host:port`` with a path if it has one.
        auth: (user, password) of a server administrator, or the token of a service account, which knows one
            organisation.

    Raises:
        GrafanaError: From every method.
    """

    def __init__(self, url: str, auth: tuple[str, str] | str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise GrafanaError(f"{url!r} is no address of a Grafana: write http://host:port")
        path = parts.path.strip("/")
        self.url = url
        self._face = GrafanaFace(
            auth=auth,
            host=parts.hostname,
            port=parts.port,
            protocol=parts.scheme,
            url_path_prefix=f"{path}/" if path else "",
            timeout=TIMEOUT_S,
        )

    def use(self, organisation: int) -> None:
        """Ask this organisation from now on."""
        self._face.api.s.headers[_ORGANISATION] = str(organisation)

    def organisation(self, name: str) -> int | None:
        """The id of an organisation; None if there is none of this name."""
        found = self._maybe("organisation", lambda: self._face.api.GET(f"/orgs/name/{quote(name)}"))
        return None if found is None else int(found["id"])

    def add_organisation(self, name: str) -> int:
        """Make an organisation."""
        made = self._ask("organisation", lambda: self._face.api.POST("/orgs", json={"name": name}))
        return int(made["orgId"])

    def folder(self, uid: str) -> dict[str, Any] | None:
        """A folder, or None."""
        return self._maybe(f"folder {uid}", lambda: self._face.folder.get_folder(uid))

    def save_folder(self, uid: str, title: str, *, known: bool) -> None:
        """Make a folder, or give it its title."""
        if known:
            self._ask(f"folder {uid}", lambda: self._face.folder.update_folder(uid, title, overwrite=True))
        else:
            self._ask(f"folder {uid}", lambda: self._face.folder.create_folder(title, uid))

    def dashboard(self, uid: str) -> dict[str, Any] | None:
        """``{"dashboard": …, "meta": …}``, or None."""
        return self._maybe(f"dashboard {uid}", lambda: self._face.dashboard.get_dashboard(uid))

    def dashboards_in(self, folder: str) -> list[str]:
        """Uids of the dashboards of a folder."""
        path = f"/search?type=dash-db&limit=5000&folderUIDs={quote(folder)}"
        return [found["uid"] for found in self._ask(f"folder {folder}", lambda: self._face.api.GET(path))]

    def save_dashboard(self, made: Mapping[str, Any], folder: str, message: str) -> None:
        """Write a dashboard over whatever stands there."""
        body = {"dashboard": {**made, "id": None}, "folderUid": folder, "overwrite": True, "message": message}
        self._ask(f"dashboard {made['uid']}", lambda: self._face.dashboard.update_dashboard(body))

    def source(self, uid: str) -> dict[str, Any] | None:
        """A data source (never its secrets), or None."""
        return self._maybe(f"data source {uid}", lambda: self._face.api.GET(f"/datasources/uid/{uid}"))

    def save_source(self, wanted: Mapping[str, Any], *, known: bool) -> None:
        """Make a data source, or write it over; its secrets are always sent."""
        uid = wanted["uid"]
        body = {name: wanted[name] for name in (*_OURS_TO_SET, "secureJsonData") if name in wanted} | {"uid": uid}
        if known:
            self._ask(f"data source {uid}", lambda: self._face.api.PUT(f"/datasources/uid/{uid}", json=body))
        else:
            self._ask(f"data source {uid}", lambda: self._face.api.POST("/datasources", json=body))

    def _maybe(self, what: str, call: Any) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._ask(what, call)
        except GrafanaError as error:
            cause = error.__cause__
            if isinstance(cause, GrafanaException) and cause.status_code == _NOT_FOUND:
                return None
            raise
        return found

    def _ask(self, what: str, call: Any) -> Any:
        try:
            return call()
        except GrafanaException as error:
            raise GrafanaError(f"{self.url}, {what}: {error.message} ({error.status_code})") from error
        except (requests.RequestException, ValueError) as error:
            raise GrafanaError(f"{self.url} doesn't answer as Grafana does: {error}") from error


def of_source(found: Mapping[str, Any]) -> dict[str, Any]:
    """What of a data source is ours to set, without secrets; a copy."""
    ours = {name: found[name] for name in _OURS_TO_SET if name in found and found[name] not in ("", None)}
    return {**ours, "jsonData": dict(found.get("jsonData") or {})}
