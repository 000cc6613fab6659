"""Half-open spans of numbers (days, microseconds) and the one way in which pauses move a due date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

OPEN = 2**62
"""The end of a span that has none yet; greater than any day or microsecond."""

IntSpan = tuple[int, int]


def union(spans: Iterable[IntSpan]) -> list[IntSpan]:
    """The union of [begin, end) spans, in order, those that touch joined; empty and reversed ones vanish."""
    merged: list[IntSpan] = []
    for begin, end in sorted(spans):
        if end <= begin:
            continue
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


Measure = Callable[[int, int], int]
"""How much of a unit lies in [begin, end)."""
Advance = Callable[[int, int], int]
"""The number so much after another."""
Seen = Callable[[int, int, int, int], None]


def move(due: int, floor: int, pauses: Sequence[IntSpan], how: tuple[Measure, Advance], seen: Seen | None) -> int | None:
    """Move a due number by what pauses take from [floor, due], the due moving as they do.

    Args:
        due: Where the count ends undisturbed; a pause that begins there still counts.
        floor: Where the count begins; what lies before is cut off.
        pauses: A union of spans.
        how: How the unit is measured, and how a number moves by it.
        seen: Told of each pause that counts: begin and end as cut, due before and after.

    Returns:
        The moved due number; None while a pause is open.
    """
    for begin, end in pauses:
        if begin > max(due, floor):
            break
        if end == OPEN:
            return None
        if end <= floor or due < floor:
            continue
        cut = max(begin, floor)
        # A pause that takes nothing (a weekend, in working days) still holds what would end inside of it.
        moved = max(how[1](due, how[0](cut, end)), due, end)
        if seen is not None:
            seen(cut, end, due, moved)
        due = moved
    return due
