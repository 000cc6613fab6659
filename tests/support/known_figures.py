"""The simulated nation beside the known national figures: the table of docs/figures-known.md.

python tests/support/known_figures.py [--seed 7] [--lives 2000]

Whole lives only, with a tenth of their duties seeded; short cases, which are made to break a rule, are left out. Indicators are
counted in plain Python (`counted_plainly`), everything else from the events themselves. Some four minutes of an idle core.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice, pairwise
from statistics import fmean, median
from typing import Any, Final

import msgspec
from counted_plainly.answers import Answers, Sums, rows

from contract.codec import from_json
from contract.courts import SPC
from contract.envelope import Event
from contract.indicators.catalogue import INDICATORS
from contract.registry import RESTRICTED_TYPES
from contract.times import civil_date
from producers.simulator.nation import courts
from producers.simulator.run import SHORT_MARK, gather, lives
from streams.offline import numbered, supervise
from streams.rules.load import load_packs

ANOMALIES: Final = 0.10
YEARS: Final = (date(2024, 12, 31), date(2025, 11, 2))
"""As of which days indicators are asked: the end of the first year, and the last day of the simulation."""
FIGURES: Final = ("I-01", "I-02", "I-03", "I-04", "I-05", "I-06", "I-07", "I-09", "I-10", "I-13", "I-15", "I-16", "I-18")
FIGURES_MORE: Final = ("I-19", "I-19.d", "I-27", "I-32")
TRAFFIC: Final = ("执", "执恢")
FAMILIES: Final = ("case", "party", "inquiry", "asset", "auction", "fund")


def events(seed: int, count: int) -> list[Event]:
    """The events of so many whole lives, ticks among them, in the order of their entry."""
    made = lives(seed, 2 * count, ANOMALIES)
    whole = (life for life in made if not life.facts[0].root.endswith(SHORT_MARK))
    found = [from_json(line) for line in gather(islice(whole, count)).events()]
    found = [msgspec.structs.replace(one, receivedtime=one.receivedtime or one.recordedtime) for one in found]
    return sorted(found, key=lambda one: one.recordedtime)


def indicators(log: list[Event]) -> Iterator[tuple[str, list[str]]]:
    """Each indicator of the table with its values of both years."""
    _, journal, _ = supervise(numbered(log), load_packs())
    told = [one for one in log if one.short not in RESTRICTED_TYPES]
    sums = Sums(rows(told, [msgspec.json.decode(step.encode()) for step in journal]))
    answers = [Answers(sums, day) for day in YEARS]
    for name in (*FIGURES, *FIGURES_MORE):
        one = INDICATORS[name]
        yield f"{name} {one.name.zh}", [_written(one.unit, *year.of(one, SPC)) for year in answers]


def _written(unit: str, num: int | None, den: int | None, value: float | None) -> str:
    if value is None:
        return f"– ({num} / {den})"
    if den is None:
        return f"{value:,.0f}"
    return f"{value:.2%} ({num:,} / {den:,})" if unit == "ratio" else f"{value:.2f} ({num:,} / {den:,})"


def traffic(log: list[Event], seed: int) -> Iterator[tuple[str, str]]:
    """What is no indicator: claims, courts, months, events of a case."""
    filed = [one for one in log if one.short == "case.filed" and one.correctionof is None and one.data]
    kinds = {one.subject: one.data.get("case_type") for one in filed if one.data}
    claims = [
        one.data["claim_fen"] / 100
        for one in filed
        if one.data and one.data.get("case_type") == "执" and "claim_fen" in one.data
    ]
    yield "claim of a first enforcement, yuan: median", f"{median(claims):,.0f}"
    yield "… mean", f"{fmean(claims):,.0f}"
    bounds = [0.0, *courts(seed).bounds]
    weights = sorted((high - low for low, high in pairwise(bounds)), reverse=True)
    yield "share of cases of the first tenth of courts", f"{sum(weights[: len(weights) // 10]) / bounds[-1]:.1%}"
    months = Counter(civil_date(one.time).month for one in filed if civil_date(one.time).year == 2024)
    yield "filings by month of 2024", " ".join(str(months[month]) for month in range(1, 13))
    families = Counter(one.short.partition(".")[0] for one in log)
    begun = len({one.rootid for one in filed})
    for family in FAMILIES:
        yield f"events of a chain: {family}.*", f"{families[family] / begun:.1f}"
    for kind, length in _lengths(log, kinds).items():
        yield f"events of a closed case, {kind}", f"{fmean(length):.1f} ({len(length):,} cases)"


def _lengths(log: Iterable[Event], kinds: Mapping[str, Any]) -> dict[str, list[int]]:
    counts: Counter[str] = Counter()
    closed: set[str] = set()
    for one in log:
        counts[one.subject or ""] += 1
        if one.short == "case.closed":
            closed.add(one.subject or "")
    found: dict[str, list[int]] = defaultdict(list)
    for subject in closed:
        if kinds.get(subject) in TRAFFIC:
            found[kinds[subject]].append(counts[subject])
    return found


def main() -> None:
    """Print the values as a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--lives", type=int, default=2000)
    arguments = parser.parse_args()
    log = events(arguments.seed, arguments.lives)
    print("| what | as of", " | as of ".join(map(str, YEARS)), "|\n|---|---|---|")
    for name, values in indicators(log):
        print(f"| {name} | {' | '.join(values)} |")
    print("\n| what | simulated |\n|---|---|")
    for name, text in traffic(log, arguments.seed):
        print(f"| {name} | {text} |")


if __name__ == "__main__":
    main()
