"""Brings a Grafana to what the code says, and tells where it differs. Doing it twice changes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from contract.courts import COURTS, SPC
from dashboards.grafana.board import FOLDERS
from dashboards.grafana.seats import DIGEST, organisation_of
from dashboards.grafana.server import GrafanaError, GrafanaServer, of_source

FIRST_ORGANISATION: Final = 1
"""The one that every Grafana has: the Supreme People's Court's."""
_OF_THE_SERVER: Final = ("id", "version")
"""What Grafana itself writes into a dashboard."""
_MESSAGE: Final = "yipanqi grafana deploy"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What one organisation should have.

    Attributes:
        court: Whose organisation it is.
        dashboards: {uid: (uid of its folder, JSON)}.
        sources: Data sources as provisioning writes them.
    """

    court: str
    dashboards: Mapping[str, tuple[str, dict[str, Any]]]
    sources: Sequence[dict[str, Any]]


class Difference(msgspec.Struct, frozen=True):
    """One thing that isn't as the code says: where, and what. ``foreign``: deploy leaves it alone."""

    where: str
    what: str
    foreign: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def differences(server: GrafanaServer, wanted: Wanted, *, enter: bool = True) -> list[Difference]:
    """Where the organisation isn't as it should be; nothing is written. ``enter``: not with a token."""
    place = COURTS[wanted.court].name
    if enter and not _enter(server, wanted.court):
        return [Difference(place, f"there is no organisation {organisation_of(wanted.court)}")]
    return [Difference(f"{place}, {one.where}", one.what, one.foreign) for one in _found(server, wanted)]


def deploy(server: GrafanaServer, wanted: Wanted, *, enter: bool = True) -> list[Difference]:
    """Write what differs, and return that; an empty list means that nothing was to do.

    Raises:
        GrafanaError: A dashboard or data source that came from files is not as it should be: Grafana lets nobody write over
            it. Or a data source must be written, and its password wasn't given.
    """
    place = COURTS[wanted.court].name
    changed: list[Difference] = []
    if enter and not _enter(server, wanted.court):
        server.use(server.add_organisation(organisation_of(wanted.court)))
        changed.append(Difference(place, "organisation made"))
    changed += _deploy_folders(server, wanted)
    for source in wanted.sources:
        live = server.source(source["uid"])
        if _of_source(source, live):
            if live is not None and live.get("readOnly"):
                raise GrafanaError(
                    f"data source {source['uid']} comes from files: put the new one of infra/grafana in its place and start"
                    " Grafana again"
                )
            _refuse_without_password(source)
            server.save_source(source, known=live is not None)
            changed.append(Difference(f"data source {source['uid']}", "written"))
    for uid, (folder, made) in wanted.dashboards.items():
        live = server.dashboard(uid)
        if _of_dashboard(uid, folder, made, live):
            if live is not None and live["meta"].get("provisioned"):
                raise GrafanaError(
                    f"{uid} comes from files: put the new ones of infra/grafana in their place, Grafana reads them"
                )
            server.save_dashboard(made, folder, _MESSAGE)
            changed.append(Difference(f"dashboard {uid}", "written"))
    return [one if one.where.startswith(place) else Difference(f"{place}, {one.where}", one.what) for one in changed]


def _refuse_without_password(source: Mapping[str, Any]) -> None:
    """Grafana reads secrets from files only when it provisions; by its API the file's name would become the password."""
    if any(str(value).startswith("$__file{") for value in source.get("secureJsonData", {}).values()):
        raise GrafanaError(f"data source {source['uid']} must be written, with its password: give --secrets FOLDER")


def _enter(server: GrafanaServer, court: str) -> bool:
    """Ask a court's organisation from now on; whether it is there."""
    found = FIRST_ORGANISATION if court == SPC else server.organisation(organisation_of(court))
    if found is not None:
        server.use(found)
    return found is not None


def _deploy_folders(server: GrafanaServer, wanted: Wanted) -> Iterator[Difference]:
    for uid in _folders(wanted):
        live = server.folder(uid)
        if live is None or live["title"] != FOLDERS[uid]:
            server.save_folder(uid, FOLDERS[uid], known=live is not None)
            yield Difference(f"folder {uid}", "written")


def _folders(wanted: Wanted) -> list[str]:
    return list(dict.fromkeys(folder for folder, _ in wanted.dashboards.values()))


def _found(server: GrafanaServer, wanted: Wanted) -> Iterator[Difference]:
    for uid in _folders(wanted):
        live = server.folder(uid)
        if live is None:
            yield Difference(f"folder {uid}", "is missing")
            continue
        if live["title"] != FOLDERS[uid]:
            yield Difference(f"folder {uid}", f"is called {live['title']!r}, should be {FOLDERS[uid]!r}")
        for other in server.dashboards_in(uid):
            if other not in wanted.dashboards:
                yield Difference(f"dashboard {other}", f"lies in folder {uid} and is none of ours", foreign=True)
    for source in wanted.sources:
        yield from _of_source(source, server.source(source["uid"]))
    for uid, (folder, made) in wanted.dashboards.items():
        yield from _of_dashboard(uid, folder, made, server.dashboard(uid))


def _of_source(source: Mapping[str, Any], live: Mapping[str, Any] | None) -> list[Difference]:
    where = f"data source {source['uid']}"
    if live is None:
        return [Difference(where, "is missing")]
    wanted, found = of_source(source), of_source(live)
    kept, digest = (json.pop(DIGEST, None) for json in (found["jsonData"], wanted["jsonData"]))
    lines = unequal(wanted, found)
    if digest is not None and kept != digest and not live.get("readOnly"):  # Grafana reads that of files when it starts
        lines.append("was written with another password")
    return [Difference(where, line) for line in lines]


def _of_dashboard(uid: str, folder: str, made: Mapping[str, Any], live: Mapping[str, Any] | None) -> list[Difference]:
    where = f"dashboard {uid}"
    if live is None:
        return [Difference(where, "is missing")]
    found = {name: value for name, value in live["dashboard"].items() if name not in _OF_THE_SERVER}
    lines = unequal(dict(made), found)
    if live["meta"].get("folderUid") != folder:
        lines.append(f"lies in folder {live['meta'].get('folderUid')!r}, should lie in {folder!r}")
    return [Difference(where, line) for line in lines]


def unequal(wanted: Any, found: Any, path: str = "") -> list[str]:
    """Where two JSON values differ, a line for each place."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        lines = []
        for name in sorted(wanted.keys() | found.keys()):
            inner = f"{path}.{name}" if path else str(name)
            if name not in found:
                lines.append(f"{inner} is missing")
            elif name not in wanted:
                lines.append(f"{inner} is there and should not be: {_short(found[name])}")
            else:
                lines += unequal(wanted[name], found[name], inner)
        return lines
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        return [
            line
            for at, (one, other) in enumerate(zip(wanted, found, strict=True))
            for line in unequal(one, other, f"{path}[{at}]")
        ]
    return [] if wanted == found else [f"{path} is {_short(found)}, should be {_short(wanted)}"]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
