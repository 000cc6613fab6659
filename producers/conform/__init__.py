"""Conformance: what a court learns of its own feed before it joins.

`check` reads a file of events once; each of `names`, `chains`, `times`, `order`, `personal`, `coverage` watches for one sort of
trouble and tells it as `findings`; `report` and `page` write what was found.
"""
