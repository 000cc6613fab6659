"""Who is called when a view has changed."""

from dashboards.listeners import Listeners


def test_one_that_goes_while_called_leaves_none_out() -> None:
    """A page that closes on a change, and one behind it that still wants to hear of it."""
    listeners, heard = Listeners(), list[str]()

    def once() -> None:
        heard.append("once")
        listeners.forget(once)

    listeners.on_change(once)
    listeners.on_change(lambda: heard.append("always"))
    listeners.tell()
    listeners.tell()
    assert heard == ["once", "always", "always"]
    listeners.forget(once)  # twice is no error
