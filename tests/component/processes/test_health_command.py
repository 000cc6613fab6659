"""`yipanqi health`: what a container's health check calls."""

from collections.abc import Iterator
from contextlib import contextmanager

from click.testing import CliRunner
from prometheus_client import CollectorRegistry

from infra.processes import free_ports
from producers.health import serving
from yipanqi.health import command


@contextmanager
def process(trouble: str | None) -> Iterator[str]:
    """A health page that says so; its port."""
    (port,) = free_ports(1)
    with serving(port, CollectorRegistry(), lambda: trouble):
        yield str(port)


def test_a_well_process_an_ill_one_and_none() -> None:
    """Exit status 0 only for an answer of 200; an ill one, and a port where nobody listens, are named."""
    with process(None) as port:
        assert CliRunner().invoke(command, [port]).exit_code == 0
        assert CliRunner().invoke(command, [port, "--live"]).exit_code == 0
    assert CliRunner().invoke(command, [port]).exit_code == 1
    with process("no tick was acknowledged") as port:
        answer = CliRunner().invoke(command, [port])
        assert answer.exit_code == 1
        assert f"/health/ready on port {port} is not answered with 200" in answer.output
