"""The stack's SQL that only a ClickHouse server with users can run: here the engine's own parser reads it."""

import re
from typing import Any

import pytest
from lxml import etree
from stack_file import ROOT

from infra.clickhouse.client import ClickHouse
from infra.clickhouse.errors import Refused


def statements() -> list[str]:
    """Grants of the users' file, and what the runbook tells to run."""
    users = etree.fromstring((ROOT / "infra/stack/clickhouse-users.xml").read_bytes())
    # In the file a grant is its user's, so it names nobody.
    grants = [re.sub(r"( WITH GRANT OPTION)?$", r" TO somebody\1", query.text or "", count=1) for query in users.iter("query")]
    text = (ROOT / "docs/stack.md").read_text(encoding="utf-8") + (ROOT / "docs/runbooks/platform.md").read_text(
        encoding="utf-8"
    )
    told = [*re.findall(r'--query "([^"]+)"', text), *re.findall(r"`(SELECT [^`]+)`", text)]
    assert len(grants) >= 5
    assert len(told) >= 2
    return [*grants, *told]


def test_the_engine_reads_every_statement(clickhouse_front: Any) -> None:
    """Grants, backup and queries of the runbooks are SQL of this engine; nothing of it is run here."""
    with ClickHouse("127.0.0.1", clickhouse_front.port) as clickhouse:
        for statement in statements():
            assert clickhouse.query_rows("SELECT formatQuery(%(sql)s)", {"sql": statement})[0][0]
        with pytest.raises(Refused):
            clickhouse.query_rows("SELECT formatQuery(%(sql)s)", {"sql": "GRANT SELECT AND INSERT ON yipanqi.*"})
