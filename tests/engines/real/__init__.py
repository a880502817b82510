"""Real shops under test: how they are brought up, traded with, and looked into."""

import platformdirs

# Taken before the tests move the home folder: what was brought up is there for all runs.
SHOPS = platformdirs.user_cache_path("agent-app") / "shops"
"""One folder per shop: what is installed, and `state.json` of the one that runs."""


class NoShopError(Exception):
    """A real shop cannot be run here; the message says why, in one sentence."""
