"""The official indicators counted a second time: plain Python over the events of a file, by the words of the catalogue.

`contract.indicators.words` and the definitions of the measures are all that this goes by; it shares no code with the
warehouse. `log` says which events hold, `proceedings` and `receipts` what the words of that name mean, `courses`, `money`,
`matters` and `told` which rows the measures have, `answers` adds them up.
"""
