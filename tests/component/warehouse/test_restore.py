"""What docs/stack.md says of the warehouse's backup: the tables are those of that time, and workers go on from there."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from click.testing import CliRunner
from dying_worker import TPS, database, deliver, partitions, readings, rows
from told_log import told

from contract.topics import ALERTS, EVENTS
from infra.clickhouse.client import ClickHouse
from streams.projections.tables import tables_of
from streams.shell.warehouse import Warehouse
from yipanqi.migrate import command

Make = Callable[..., Any]


@pytest.mark.timeout(900)
def test_a_restored_backup_goes_on_where_it_ends(clickhouse_front: Any, of_event: Make, of_output: Make) -> None:
    """BACKUP, more of the log, DROP, RESTORE, `migrate --restored`; what was lost is read again, and every figure is as before.

    The embedded engine keeps the backup in memory; where it lies on the disk of a server is the stack's configuration.
    """
    log = partitions(told(17, 12, 0.2), of_event, of_output)
    port = clickhouse_front.port
    half = {tp: records[: len(records) * 6 // 10] for tp, records in log.items()}
    with database(port) as name, partial(ClickHouse, "127.0.0.1", port)(database=name) as client:
        deliver(port, name, half, 1, None)
        counts = {
            table: client.query_rows(f"SELECT count() FROM {table} FINAL") for table in ("log", "events", "alerts", "counted")
        }
        client.execute(f"BACKUP DATABASE {name} TO Memory('before')")
        deliver(port, name, log, 2, None)
        wanted, said = rows(client), readings(client)
        client.execute(f"DROP DATABASE {name} SYNC")
        client.execute(f"RESTORE DATABASE {name} FROM Memory('before')")
        assert {table: client.query_rows(f"SELECT count() FROM {table} FINAL") for table in counts} == counts
        assert set(Warehouse(client).resume(TPS).values()) == {0}, "restored tables are new ones to the ledger"

        fed = {table.name for topic in (EVENTS, ALERTS) for table in tables_of(topic)}
        for lines in (len(fed), 0):
            done = CliRunner().invoke(command, ["--clickhouse", f"127.0.0.1:{port}", "--database", name, "--restored"])
            assert done.exit_code == 0, done.output
            assert done.output.count("goes on from where the backup ends") == lines, done.output
        assert Warehouse(client).resume(TPS) == {tp: len(records) for tp, records in half.items()}
        deliver(port, name, log, 3, None)
        assert rows(client) == wanted
        assert readings(client) == said
