"""Publishes simulated days, a tick before each, from a thread of its own, as fast as the rest follows."""

import threading
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from kafka.errors import KafkaError
from simulated_days import Made, file_of, instant
from whole_way_seen import Stages

from contract.envelope import Event
from contract.errors import InvalidEvent, YipanqiError
from infra.settings import Settings
from infra.whole_file import whole_file
from producers.clock import Clock, PackActivation
from producers.intake import OpenIntake
from producers.log import Sent
from producers.publish import Publisher
from producers.simulator import SIMULATED_PACK
from producers.simulator.days import midnight, number
from producers.simulator.run import HORIZON
from streams.rules.load import load_packs
from yipanqi.clock import calendar_activation

SPEED = 1e-6  # between two ticks the line all but stands still
PAUSE_S = 0.5
AGAIN_S = 5.0


class AsEntered(OpenIntake):
    """The intake with every event received when its court entered it."""

    def submit(
        self, events: Sequence[Event], *, headers: Sequence[tuple[str, bytes]] = (), past: datetime | None = None
    ) -> Sent:
        """Send events that were checked."""
        return super().submit(events, headers=headers, past=past or instant(midnight(number(HORIZON))))


class Feeder:
    """Publishes from the day on which the last one stopped; that day is gone on with where the log had it acknowledged.

    Args:
        folder: Of the days, and of `fed`: the last day of which all is in the log.
        made: What is there.
        settings: Where the broker listens, and where its data lie.
        ahead: Records that may wait at any stage before more is published.
        stages: Tells what waits there; somebody else looks.
    """

    def __init__(self, folder: Path, made: Made, settings: Settings, ahead: int, stages: Stages) -> None:
        self._folder, self._made, self._settings, self._ahead, self._stages = folder, made, settings, ahead, stages
        self._last = int((folder / "fed").read_text()) if (folder / "fed").exists() else -1
        self._stop = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="feeder", daemon=True)
        self.published = sum(count for day, count in made.days.items() if day <= self._last)
        self.is_done = self._last == number(HORIZON)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, in the middle of a day if need be."""
        self._stop.set()
        self._thread.join(30.0)

    def check(self) -> None:
        """Raise what ended it before its time."""
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        while not (self._stop.is_set() or self.is_done):
            try:
                self._go_on()
            except (YipanqiError, KafkaError) as error:  # the broker was away or stood still: what is in the log is known
                print(f"publishing again in {AGAIN_S:.0f} s: {error}", flush=True)
                self._stop.wait(AGAIN_S)
            except BaseException as error:  # noqa: BLE001  (handed to the thread that asks)
                self._failure = error
                return

    def _go_on(self) -> None:
        packs = [PackActivation(pack.id, pack.version, pack.sha256) for pack in load_packs([SIMULATED_PACK])]
        data, kafka = self._settings.data, self._settings.kafka
        with ExitStack() as opened:
            first, end = min(self._made.days), number(HORIZON)
            given = {"calendar": calendar_activation(), "packs": packs, "memory": data / "clock.json"}
            clock = Clock(kafka, line="simulated", origin=instant(midnight(first)), speed=SPEED, **given)  # type: ignore[arg-type]
            opened.enter_context(clock)
            intake = opened.enter_context(AsEntered(kafka, data / "keys" / "master.key", line="simulated", speed=SPEED))
            for day in range(max(first, self._last + 1), end):
                clock.advance(max(clock.current(), instant(midnight(day))))
                if day in self._made.days and not self._publish(day, intake):
                    return
            clock.advance(max(clock.current(), instant(midnight(end))))
            self._note(end)
            self.is_done = True

    def _publish(self, day: int, intake: AsEntered) -> bool:
        """One day; returns whether it was published as a whole."""
        while max((count for name, count in self._stages.behind.items() if name != "groups"), default=0) > self._ahead:
            if self._stop.wait(PAUSE_S):
                return False
        Publisher(file_of(self._folder, day), "whole way", intake).run(_refuse, lambda _: None)
        self.published += self._made.days[day]
        self._note(day)
        return not self._stop.is_set()

    def _note(self, day: int) -> None:
        self._last = day
        with whole_file(self._folder / "fed") as part:
            part.write_text(str(day))


def _refuse(number: int, error: InvalidEvent) -> None:
    raise AssertionError(f"line {number} of the simulator is refused: {error}")
