"""Rule packs: data with legal citations, and their loader."""
