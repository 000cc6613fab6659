"""A client that is closed leaves no socket open, whatever it was about; one that nobody closes is found."""

import gc
import os
import socket
import warnings
from types import SimpleNamespace

import pytest
from kafka import KafkaConsumer
from kafka.errors import KafkaError
from kafka_sockets import ClientSocket

from infra.processes import free_ports


def test_a_client_that_nobody_answers_leaves_no_socket() -> None:
    """Refused, and taken by somebody who says nothing: the client gives up, and what it opened is closed."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with socket.create_server(("127.0.0.1", 0)) as silent:
            for port in (*free_ports(1), silent.getsockname()[1]):
                with pytest.raises(KafkaError):
                    KafkaConsumer(bootstrap_servers=f"127.0.0.1:{port}", bootstrap_timeout_ms=500)
        gc.collect()
    assert not [one for one in told if one.category is ResourceWarning]


@pytest.mark.parametrize(("closed", "told"), [(True, 0), (False, 1)])
def test_a_socket_goes_with_its_client_alone(*, closed: bool, told: int) -> None:
    """The socket of a closed client is closed in silence; that of a client which nobody closed is told as ever."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        one = ClientSocket(socket.AF_INET, socket.SOCK_STREAM)
        number = one.fileno()
        one.net = SimpleNamespace(_closed=closed)
        del one
    assert len(found) == told
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(number)
