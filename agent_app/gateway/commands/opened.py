"""What most commands begin with: the configuration, and its database for one block."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from agent_app.gateway.config import Config, load
from agent_app.gateway.store.database import Database

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def configured(options: argparse.Namespace) -> Config:
    """Return the configuration that the command line names.

    Raises:
        ConfigError: it cannot be used.
    """
    return load(options.config)


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[Database]:
    """Give the configured database, up to date, for the block.

    Raises:
        ConfigError, DatabaseUnusable: it cannot be opened.
    """
    database = Database(configured(options).where)
    try:
        yield database
    finally:
        database.close()
