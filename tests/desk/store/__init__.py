"""The encrypted store of the desk: the same answers as from memory, and nothing lost or leaked."""
