"""`yipanqi dlq`: the dead letters, for the person who mends them.

A letter is open until it is replayed or dismissed; either tells its chain, through the log, that it is whole again.
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from contract import codec, deadletter
from contract.canonical import short_id
from contract.control import CLOCK_SOURCE
from contract.deadletter import ATTEMPTS_HEADER, DeadLetter, Refused, Resolution
from contract.duty import commands
from contract.envelope import Event, full_type
from contract.errors import InvalidEvent, YipanqiError
from contract.placement import WRONG_TOPIC
from contract.registry import validate
from contract.seal import SealError, is_sealed, unseal
from contract.topics import COMMANDS, EVENTS, REJECTED, RESTRICTED, RESTRICTED_REJECTED
from infra.master_key import load_master_key
from producers.checks import check
from producers.intake import OpenIntake
from producers.log import Record
from producers.tail import open_consumer
from yipanqi import options

MAX_ATTEMPTS = 3


class Entry(NamedTuple):
    """A dead letter as it lies in the topic."""

    letter: DeadLetter
    value: bytes
    note: Resolution | None

    @property
    def state(self) -> str:
        """Open, replayed or dismissed."""
        return self.note.how if self.note else "open"


def read_all(kafka: str, topic: str = REJECTED) -> list[Entry]:
    """Read every dead letter of a topic once, with what became of it, in order of the place where it was refused."""
    letters: dict[str, tuple[DeadLetter, bytes]] = {}
    notes: dict[str, Resolution] = {}
    for record in _records(kafka, topic):
        try:
            if note := deadletter.note_from_kafka(record.headers):
                notes[note.resolves] = note
            else:
                letter = deadletter.from_kafka(record.headers)
                letters.setdefault(letter.id, (letter, record.value))
        except (msgspec.ValidationError, UnicodeDecodeError):
            click.echo(f"{topic} {record.partition}:{record.offset} is no dead letter of ours; passed over", err=True)
    entries = [Entry(letter, value, notes.get(letter.id)) for letter, value in letters.values()]
    return sorted(entries, key=lambda entry: (entry.letter.appended, entry.letter.partition, entry.letter.offset))


def _records(kafka: str, topic: str) -> Iterator[Any]:
    from kafka import TopicPartition  # noqa: PLC0415  # beside its one use

    with open_consumer(kafka) as consumer:
        tps = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
        consumer.assign(tps)
        ends = consumer.end_offsets(tps)
        while any(consumer.position(tp) < ends[tp] for tp in tps):
            for records in consumer.poll(timeout_ms=200).values():
                yield from records


class DlqGroup(click.Group):
    """The subcommands; a broker that is away ends each of them in a sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand."""
        try:
            with options.broker_in_words(ctx.params["kafka"]):
                return super().invoke(ctx)
        except YipanqiError as error:
            raise click.ClickException(str(error)) from None


@click.group("dlq", cls=DlqGroup)
@options.kafka
@options.data
@options.partitions
@options.master_key_file
@click.option("--restricted", is_flag=True, help="The dead letters of restricted records, which lie apart from all others.")
@click.pass_context
def command(
    context: click.Context, *, kafka: str, data: Path, partitions: int, master_key_file: Path | None, restricted: bool
) -> None:
    """Look at the records that could not be applied, and replay or dismiss them."""
    context.obj = Desk(kafka, partitions, options.master_key_path(master_key_file, data), restricted=restricted)


@command.command("list")
@click.option("--all", "every", is_flag=True, help="Also those that were replayed or dismissed.")
@click.option("--reason", help="Only this reason.")
@click.option("--source", help="Only this source.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_letters(desk: "Desk", *, every: bool, reason: str | None, source: str | None, as_json: bool) -> None:
    """List the open dead letters."""
    shown = [entry for entry in desk.entries(reason, source) if every or entry.note is None]
    if as_json:
        for entry in shown:
            click.echo(json.dumps(msgspec.to_builtins(entry.letter) | {"state": entry.state}, ensure_ascii=False))
        return
    table = Table("id", "reason", "source", "event", "chain", "place", "appended", "tries", "state")
    for entry in shown:
        letter = entry.letter
        place = f"{letter.partition}:{letter.offset}"
        table.add_row(
            letter.id[:12],
            letter.reason,
            *map(_shown, (letter.source, letter.event_id, letter.rootid)),
            place,
            letter.appended,
            str(letter.attempts),
            entry.state,
        )
    Console(width=None if Console().is_terminal else 200).print(table)
    click.echo(f"{len(shown)} dead letters")


@command.command("show")
@click.argument("ident", metavar="ID")
@click.pass_obj
def show(desk: "Desk", *, ident: str) -> None:
    """Show one dead letter with its body; ID may be shortened. Personal data inside stays sealed by its chain's key."""
    entry = desk.find(ident)
    letter = entry.letter
    for name, value in msgspec.structs.asdict(letter).items():
        click.echo(f"{name:>10}  {_printable(str(value))}")
    click.echo(f"{'state':>10}  {entry.state}{f': {entry.note.why}' if entry.note else ''}")
    if desk.withholds(letter):
        click.echo(f"{'body':>10}  not shown, since it is restricted; replay sends it to where it belongs")
        return
    refused = desk.open(entry)
    if refused.omitted:
        click.echo(f"{'body':>10}  too large for a dead letter; it stands at {letter.label}")
        return
    try:
        event = codec.from_kafka(refused.value, refused.headers)
        errors = [str(error) for error in validate(event)]
    except InvalidEvent as error:
        errors = [str(one) for one in error.errors]
    for text in errors or [letter.detail]:
        click.echo(f"{'wrong':>10}  {_printable(text)}")
    click.echo(f"{'key':>10}  {refused.key!r}")
    for name, raw in refused.headers:
        click.echo(f"{'header':>10}  {_printable(name)} = {_printable((raw or b'').decode(errors='backslashreplace'))}")
    body = "none" if refused.value is None else _printable(refused.value.decode(errors="backslashreplace"))
    click.echo(f"{'body':>10}  {body}")


@command.command("replay")
@click.argument("idents", metavar="[ID]...", nargs=-1)
@click.option("--reason", help="All open ones of this reason.")
@click.option("--source", help="All open ones of this source.")
@click.option("--dry-run", is_flag=True, help="Say what would go through and what not; write nothing.")
@click.option(
    "--max-attempts",
    type=click.IntRange(1),
    default=MAX_ATTEMPTS,
    show_default=True,
    help="Leave letters that failed as often.",
)
@click.pass_obj
def replay(
    desk: "Desk", *, idents: tuple[str, ...], reason: str | None, source: str | None, dry_run: bool, max_attempts: int
) -> None:
    """Send dead letters through the gateway's checks into the log again."""
    if not (idents or reason or source):
        raise click.UsageError("say which: give IDs, --reason or --source")
    chosen = [desk.find(ident) for ident in idents] or [e for e in desk.entries(reason, source) if e.note is None]
    failed = 0
    with desk.way_in() as way_in:
        for entry in chosen:
            action = partial(desk.replay, entry, way_in, max_attempts, dry_run=dry_run)
            problem = _try(action, discreet=desk.withholds(entry.letter))
            failed += problem is not None
            click.echo(f"{entry.letter.id[:12]}  {problem or ('would be replayed' if dry_run else 'replayed')}")
    if failed:
        raise SystemExit(1)


@command.command("dismiss")
@click.argument("idents", metavar="ID...", nargs=-1, required=True)
@click.option("--why", required=True, help="The reason, kept beside the letter and in the log.")
@click.pass_obj
def dismiss(desk: "Desk", *, idents: tuple[str, ...], why: str) -> None:
    """Close dead letters without replaying them."""
    entries = [desk.find(ident) for ident in idents]
    with desk.way_in() as way_in:
        for entry in entries:
            desk.resolve(entry, way_in, Resolution(resolves=entry.letter.id, how="dismissed", why=why))
            click.echo(f"{entry.letter.id[:12]}  dismissed")


def _command(letter: DeadLetter, refused: Refused) -> Record:
    """A command as it came, for the partition that refused it; the room judges it by its own clock.

    Raises:
        ClickException: It is none, or lies under another key than its target.
    """
    try:
        command = commands.decode(refused.value or b"")
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise click.ClickException(f"is no command of the duty room: {error}; dismiss it") from None
    if refused.key != command.target.encode():
        raise click.ClickException("lies under another key than its target; dismiss it")
    headers = [(ATTEMPTS_HEADER, str(letter.attempts).encode())]
    return Record(COMMANDS, command.target, refused.value, headers, letter.partition)


def _printable(text: str) -> str:
    """The text without what a terminal would obey: anybody may have written it."""
    return "".join(char if char.isprintable() or char == "\n" else ascii(char)[1:-1] for char in text)


def _shown(text: str) -> Text:
    """A cell that shows the text as it is; a plain one would be read as markup."""
    return Text(_printable(text))


def _try(action: Callable[[], None], *, discreet: bool) -> str | None:
    try:
        action()
    except InvalidEvent as error:
        return "is still refused: " + "; ".join(f"[{wrong.code}]" if discreet else str(wrong) for wrong in error.errors)
    except (YipanqiError, click.ClickException) as error:
        return str(error)
    return None


class Desk:
    """What the subcommands share: the log, its partitions, whether it is the restricted one, and the master key's file."""

    def __init__(self, kafka: str, partitions: int, master_key: Path, *, restricted: bool = False) -> None:
        self.kafka = kafka
        self._partitions = partitions
        self._master_key = master_key
        self._restricted = restricted
        self._events, self._rejected = (RESTRICTED, RESTRICTED_REJECTED) if restricted else (EVENTS, REJECTED)

    def entries(self, reason: str | None = None, source: str | None = None) -> list[Entry]:
        """All dead letters of a reason and a source."""
        found = read_all(self.kafka, self._rejected)
        return [e for e in found if reason in (None, e.letter.reason) and source in (None, e.letter.source)]

    def find(self, ident: str) -> Entry:
        """The dead letter whose id begins so."""
        found = [entry for entry in self.entries() if entry.letter.id.startswith(ident)]
        if len(found) != 1:
            raise click.ClickException(f"{len(found)} dead letters begin with {ident!r}; see `yipanqi dlq list --all`")
        return found[0]

    def withholds(self, letter: DeadLetter) -> bool:
        """Whether its body is a restricted record, which is not shown among the common ones."""
        return letter.reason == WRONG_TOPIC and not self._restricted

    def open(self, entry: Entry) -> Refused:
        """Unseal the body."""
        try:
            return deadletter.open_body(entry.letter, entry.value, load_master_key(self._master_key))
        except (SealError, YipanqiError) as error:
            raise click.ClickException(f"{entry.letter.id[:12]} {error}") from None

    def way_in(self) -> OpenIntake:
        """The gateway's intake."""
        return OpenIntake(self.kafka, self._master_key, partitions=self._partitions)

    def replay(self, entry: Entry, way_in: OpenIntake, max_attempts: int, *, dry_run: bool) -> None:
        """Check the event as the gateway does, then send it and tell its chain.

        Raises:
            InvalidEvent: It is still wrong.
            ClickException: It was resolved before, was tried too often, or is no event of a court.
        """
        letter = entry.letter
        if entry.note is not None:
            raise click.ClickException(f"was {entry.note.how} already")
        if letter.attempts >= max_attempts:
            raise click.ClickException(f"failed {letter.attempts} times; mend the cause, then raise --max-attempts")
        refused = self.open(entry)
        if refused.omitted:
            raise click.ClickException(f"too large for the gateway; it stands at {letter.label}")
        if letter.topic == COMMANDS:
            record = _command(letter, refused)
            if not dry_run:
                way_in.writer.send([record]).wait()
                self.resolve(entry, way_in, Resolution(resolves=letter.id, how="replayed", why="told the duty room again"))
            return
        event = check(self._plain(codec.from_kafka(refused.value, refused.headers), way_in))
        if dry_run:
            return
        way_in.submit([event], headers=[(ATTEMPTS_HEADER, str(letter.attempts).encode())]).wait()
        self.resolve(entry, way_in, Resolution(resolves=letter.id, how="replayed", why="sent through the gateway again"))

    def resolve(self, entry: Entry, way_in: OpenIntake, note: Resolution) -> None:
        """Tell the chain, in the partition where the record was refused; then note it beside the letter.

        A command of the duty room has no chain: its target is as it was.
        """
        letter = entry.letter
        if letter.topic == self._events:
            self._tell_chain(letter, way_in, note)
        key, _, note_headers = deadletter.note_to_kafka(letter, note)
        way_in.writer.send([Record(self._rejected, key.decode(), None, note_headers)]).wait()

    @staticmethod
    def _tell_chain(letter: DeadLetter, way_in: OpenIntake, note: Resolution) -> None:
        now = way_in.line_clock.now()
        event = Event(
            id=short_id("dead-letter-resolved", letter.id, note.how),
            source=CLOCK_SOURCE,
            type=full_type("sys.dead_letter_resolved"),
            subject=letter.rootid,
            rootid=letter.rootid,
            time=now,
            recordedtime=now,
            data={
                "topic": letter.topic,
                "partition": letter.partition,
                "offset": letter.offset,
                "how": note.how,
                "why": note.why,
            },
        )
        _, value, headers = codec.to_kafka(event)
        way_in.writer.send([Record(letter.topic, letter.rootid, value, headers, letter.partition)]).wait()

    @staticmethod
    def _plain(event: Event, way_in: OpenIntake) -> Event:
        """The event as the court sent it: no receivedtime, personal data in clear; the intake stamps and seals again."""
        event = msgspec.structs.replace(event, receivedtime=None)
        if not is_sealed(event) or event.data is None:
            return event
        key = way_in.key_ring.keys([event.rootid])[event.rootid]
        return msgspec.structs.replace(event, data=event.data | {"pii": unseal(key, event)})
