"""The outbox relay: events that a court's own system wrote into a table beside its business data reach the gateway.

`table` is the layout and what is done to it, `post` the way to the gateway, `run` the loop between them.
"""
