"""Real shops under test: how they are brought up, traded with, and looked into."""


class NoShopError(Exception):
    """A real shop cannot be run here; the message says why, in one sentence."""
