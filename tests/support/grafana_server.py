"""A small server that answers as Grafana's documented HTTP API does: organisations, folders, dashboards, data sources.

It stands in for Grafana, which no registry has: it keeps what is sent, numbers versions, and refuses with the codes and bodies
of the documentation (401, 404, 409, 412). docs/grafana.md has the script that does the same against a real one.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

ADMIN = ("admin", "s3cret-of-a-test")
TOKEN = "glsa_of_a_test"
Answer = tuple[int, Any]


class Organisation:
    """What one organisation holds."""

    def __init__(self) -> None:
        self.folders: dict[str, dict[str, Any]] = {}
        self.dashboards: dict[str, dict[str, Any]] = {}
        self.sources: dict[str, dict[str, Any]] = {}
        self.secrets: dict[str, dict[str, str]] = {}


class FakeGrafana:
    """The state of the server, and what it was asked to write: (method, path)."""

    def __init__(self) -> None:
        self.names = {1: "Main Org."}
        self.organisations = {1: Organisation()}
        self.writes: list[tuple[str, str]] = []

    def answer(self, method: str, path: str, body: Any, headers: Any) -> Answer:
        """The status and the body of one call."""
        given = headers.get("Authorization", "")
        basic = "Basic " + base64.b64encode(":".join(ADMIN).encode()).decode()
        if given not in (basic, f"Bearer {TOKEN}"):
            return 401, {"message": "Invalid username or password", "messageId": "password-auth.failed", "statusCode": 401}
        number = int(headers.get("X-Grafana-Org-Id", "1")) if given == basic else 1
        if number not in self.organisations:
            return 401, {"message": "Unauthorized"}
        if method != "GET":
            self.writes.append((method, path))
        at = urlsplit(path)
        parts = [unquote(part) for part in at.path.removeprefix("/api/").split("/")]
        called = f"_{method.lower()}_{parts[0]}"
        return getattr(self, called)(self.organisations[number], parts[1:], body, parse_qs(at.query))

    def _get_orgs(self, _: Organisation, parts: list[str], *__: Any) -> Answer:
        found = [{"id": number, "name": name} for number, name in self.names.items() if name == parts[1]]
        return (200, found[0]) if found else (404, {"message": "Organization not found"})

    def _post_orgs(self, _: Organisation, __: list[str], body: Any, *___: Any) -> Answer:
        if body["name"] in self.names.values():
            return 409, {"message": "Organization name taken"}
        number = max(self.names) + 1
        self.names[number], self.organisations[number] = body["name"], Organisation()
        return 200, {"orgId": number, "message": "Organization created"}

    def _get_folders(self, org: Organisation, parts: list[str], *_: Any) -> Answer:
        found = org.folders.get(parts[0])
        return (200, found) if found else (404, {"message": "folder not found", "status": "not-found"})

    def _post_folders(self, org: Organisation, _: list[str], body: Any, *__: Any) -> Answer:
        if body["uid"] in org.folders:
            return 409, {"message": "a folder with the same uid already exists"}
        org.folders[body["uid"]] = {"id": len(org.folders) + 1, "uid": body["uid"], "title": body["title"], "version": 1}
        return 200, org.folders[body["uid"]]

    def _put_folders(self, org: Organisation, parts: list[str], body: Any, *_: Any) -> Answer:
        found = org.folders.get(parts[0])
        if found is None:
            return 404, {"message": "folder not found", "status": "not-found"}
        if not body.get("overwrite") and body.get("version") != found["version"]:
            return 412, {"message": "The folder has been changed by someone else", "status": "version-mismatch"}
        found |= {"title": body["title"], "version": found["version"] + 1}
        return 200, found

    def _get_search(self, org: Organisation, _: list[str], __: Any, query: dict[str, list[str]]) -> Answer:
        folders = query.get("folderUIDs", [])
        found = [uid for uid, one in org.dashboards.items() if not folders or one["meta"]["folderUid"] in folders]
        return 200, [{"uid": uid, "type": "dash-db"} for uid in found]

    def _get_dashboards(self, org: Organisation, parts: list[str], *_: Any) -> Answer:
        found = org.dashboards.get(parts[1])
        return (200, found) if found else (404, {"message": "Dashboard not found"})

    def _post_dashboards(self, org: Organisation, _: list[str], body: Any, *__: Any) -> Answer:
        made, folder = body["dashboard"], body.get("folderUid", "")
        if folder and folder not in org.folders:
            return 404, {"message": "Folder not found", "status": "not-found"}
        old = org.dashboards.get(made["uid"])
        if old and old["meta"]["provisioned"]:
            return 400, {"message": "Cannot save provisioned dashboard"}
        if old and not body.get("overwrite") and made.get("version") != old["dashboard"]["version"]:
            return 412, {"message": "The dashboard has been changed by someone else", "status": "version-mismatch"}
        version = old["dashboard"]["version"] + 1 if old else 1
        number = old["dashboard"]["id"] if old else len(org.dashboards) + 1
        org.dashboards[made["uid"]] = {
            "dashboard": {**made, "id": number, "version": version},
            "meta": {"folderUid": folder, "provisioned": False, "version": version},
        }
        return 200, {"id": number, "uid": made["uid"], "status": "success", "version": version, "slug": "x"}

    def _get_datasources(self, org: Organisation, parts: list[str], *_: Any) -> Answer:
        found = org.sources.get(parts[1])
        return (200, found) if found else (404, {"message": "Data source not found"})

    def _post_datasources(self, org: Organisation, _: list[str], body: Any, *__: Any) -> Answer:
        if body["uid"] in org.sources or body["name"] in {one["name"] for one in org.sources.values()}:
            return 409, {"message": "data source with the same name already exists"}
        return self._kept_source(org, body["uid"], body, "Datasource added")

    def _put_datasources(self, org: Organisation, parts: list[str], body: Any, *_: Any) -> Answer:
        if parts[1] not in org.sources:
            return 404, {"message": "Data source not found"}
        if org.sources[parts[1]].get("readOnly"):
            return 403, {"message": "Cannot update read-only data source"}
        return self._kept_source(org, parts[1], body, "Datasource updated")

    @staticmethod
    def _kept_source(org: Organisation, uid: str, body: Any, message: str) -> Answer:
        """Secrets are never told again: only that they are there."""
        secrets = body.pop("secureJsonData", {})
        org.secrets[uid] = org.secrets.get(uid, {}) | secrets
        org.sources[uid] = {**body, "id": 1, "url": body.get("url", ""), "secureJsonFields": dict.fromkeys(secrets, True)}
        return 200, {"datasource": org.sources[uid], "message": message, "name": body["name"]}


@contextmanager
def grafana_server() -> Iterator[tuple[FakeGrafana, str]]:
    """A server on a free port of loopback, and its address."""
    state = FakeGrafana()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status, said = state.answer(self.command, self.path, body, self.headers)
            payload = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815  (the names are http.server's)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
