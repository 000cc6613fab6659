"""Coming to a broker with kafka-python: how long its first answer is waited for, and what is said when none comes."""

import os
from collections.abc import Callable
from math import isfinite
from typing import Any, TypeVar

from kafka.errors import KafkaError, KafkaTimeoutError

from contract.errors import YipanqiError

WAIT = "YIPANQI_KAFKA_WAIT"
"""Environment variable: seconds that a process waits for a broker's first answer."""

_WAIT_S = 8.0  # a person waits for less than ten; a broker that is up answers within one

Client = TypeVar("Client")


class NoBroker(YipanqiError):
    """Nobody answered as a broker in time."""

    def __init__(self, bootstrap: str, why: str) -> None:
        super().__init__(
            f"no broker answers at {bootstrap} ({why}): start the system, e.g. with `yipanqi up`,"
            " or say where its broker is: --kafka HOST:PORT"
        )


class BadWait(YipanqiError):
    """The environment says a wait that is none."""


def wait_s() -> float:
    """How long a first answer is waited for.

    Raises:
        BadWait: The variable is no number of seconds.
    """
    text = os.environ.get(WAIT, "")
    try:
        seconds = float(text or _WAIT_S)
    except ValueError:
        seconds = 0.0
    if not (isfinite(seconds) and seconds > 0):
        raise BadWait(f"{WAIT} is {text!r}: write how many seconds to wait for a broker, such as 8")
    return seconds


def connect(kind: Callable[..., Client], bootstrap: str, **settings: Any) -> Client:
    """A client of kafka-python of this kind, once a broker has answered it.

    Raises:
        NoBroker: None did in time.
        BadWait: As `wait_s`.
    """
    seconds = wait_s()
    try:
        return kind(bootstrap_servers=bootstrap, bootstrap_timeout_ms=round(seconds * 1000), **settings)
    except KafkaTimeoutError:
        raise NoBroker(bootstrap, f"waited {seconds:g} s") from None
    except KafkaError as error:
        raise NoBroker(bootstrap, str(error)) from None
