"""`yipanqi topics`: make the declared topics on a broker, or compare a broker with the declaration."""

import click

from contract.errors import YipanqiError
from contract.topics import TOPICS
from infra.kafka.topics import check_topics, ensure_topics
from yipanqi import options


@click.command("topics")
@options.kafka
@options.partitions
@click.option("--replication", type=click.IntRange(1), default=1, show_default=True, help="Copies of a topic that is made.")
@click.option("--check", is_flag=True, help="Make nothing; exit status 1 if anything differs.")
def command(*, kafka: str, partitions: int, replication: int, check: bool) -> None:
    """Make the topics that are missing, then compare all of them with their declaration, setting by setting.

    Partitions are fixed with the first run: a key's place in the log hangs on their number.
    """
    try:
        if check:
            check_topics(kafka, partitions)
        else:
            for name in ensure_topics(kafka, partitions, replication=replication):
                click.echo(f"made {name}")
    except YipanqiError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{len(TOPICS)} topics of {partitions} partitions are as declared")
