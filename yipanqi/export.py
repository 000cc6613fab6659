"""`yipanqi export`: the event log as a file; and, as subcommands, a case as a bundle, a court as a log for process mining."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import click
import msgspec
from rich.console import Console

from contract.codec import encode_line
from contract.errors import YipanqiError
from contract.topics import EVENTS
from infra.whole_file import open_whole
from streams.projections.record import Record
from streams.shell.log_ends import ends
from streams.shell.merged import Entry, Refused, merged
from streams.shell.progress import Progress
from streams.shell.replay import replay
from streams.shell.seam import TP
from yipanqi import export_case, export_indicator, export_xes, options
from yipanqi.files import FileGroup
from yipanqi.rebuild import Bar


@click.group("export", cls=FileGroup, invoke_without_command=True)
@options.kafka
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to write the events.")
@click.option(
    "--positions",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write, for each line, its offset in each partition that has it: {partition: offset}.",
)
@click.pass_context
def command(context: click.Context, *, kafka: str, out: Path | None, positions: Path | None) -> None:
    """Write the event log up to its end into a file that `yipanqi supervise` judges as it was judged live.

    Personal data stays sealed. A record that is no event is named on stderr, the rest goes on, and the exit status is 1.
    """
    if context.invoked_subcommand is not None:
        return
    if out is None:
        raise click.UsageError("say where to write the log: --out")
    refused = 0
    try:
        until = ends(kafka, [EVENTS])
        with ExitStack() as stack, Bar(Console(stderr=True)) as progress:
            file = stack.enter_context(open_whole(out))
            places = stack.enter_context(open_whole(positions)) if positions else None

            for entry in entries(kafka, until, progress):
                if isinstance(entry, Refused):
                    refused += 1
                    click.echo(f"{entry.partition}:{entry.offset}: {entry.reason}", err=True)
                    continue
                file.write(encode_line(entry.event) + b"\n")
                if places is not None:
                    places.write(msgspec.json.encode(entry.offsets) + b"\n")
    except (YipanqiError, OSError) as error:
        raise click.ClickException(str(error)) from None
    sys.exit(1 if refused else 0)


command.add_command(export_case.command)
command.add_command(export_case.check)
command.add_command(export_xes.command)
command.add_command(export_indicator.command)


def entries(kafka: str, until: Mapping[TP, int], progress: Progress) -> Iterator[Entry | Refused]:
    """The event log up to some ends, its partitions as one file; raises what `replay` raises."""
    return merged(_read(kafka, until, progress), [tp.partition for tp in until])


def _read(kafka: str, until: Mapping[TP, int], progress: Progress) -> Iterator[Record]:
    done, total = 0, sum(until.values())
    for stretch in replay(kafka, {}, until):
        yield from stretch.records
        done += len(stretch.records)
        progress("reading the log", done, total)
