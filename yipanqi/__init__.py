"""The command `yipanqi`: the composition root. One file for each subcommand; nothing else may import this package."""
