"""Lists on open pages: what is sent of a list that changed makes the one of the other, and nothing is sent of what stays."""

from hypothesis import given
from hypothesis import strategies as st

from dashboards.console.lines import Splice, changed

LISTS = st.lists(st.sampled_from(["<p>a</p>", "<p>b</p>", "<p>c</p>", "<p>d</p>"]), max_size=12)


def spliced(before: list[str], splices: list[Splice]) -> list[str]:
    """What `consoleSplice` of the browser does."""
    lines = list(before)
    for at, gone, come in splices:
        lines[at : at + gone] = come
    return lines


@given(LISTS, LISTS)
def test_what_is_sent_makes_one_list_of_the_other(before: list[str], after: list[str]) -> None:
    """In the order in which it is sent, also with lines that are alike."""
    assert spliced(before, changed(before, after)) == after


def test_of_a_long_list_only_the_lines_that_changed_are_sent() -> None:
    """One line was answered, one went, one came."""
    before = [f"<p>{n}</p>" for n in range(200)]
    after = ["<p>new</p>", *before[:7], "<p>7 签收</p>", *before[8:150], *before[151:]]
    assert changed(before, after) == [(150, 1, []), (7, 1, ["<p>7 签收</p>"]), (0, 0, ["<p>new</p>"])]
    assert changed(before, before) == []
