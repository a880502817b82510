"""Stores in files and in memory, closed after every test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent_app.desk.store.folder import Store, StoreFolder
from tests.desk.store.rows import NAME

Open = Callable[[], Store]


@pytest.fixture
def folder(tmp_path: Path) -> StoreFolder:
    return StoreFolder(tmp_path / "stores")


@pytest.fixture
def key() -> bytes:
    return os.urandom(32)


@pytest.fixture
def reopen(folder: StoreFolder, key: bytes) -> Iterator[Open]:
    """Return what closes the store and opens it again."""
    stores: list[Store] = []

    def opened() -> Store:
        for store in stores:
            store.close()
        stores.append(folder.open(NAME, key))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, folder: StoreFolder, key: bytes) -> Iterator[Store]:
    made = folder.open(NAME, key) if request.param == "file" else folder.in_memory(NAME)
    yield made
    made.close()
