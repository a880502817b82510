"""One sandbox process for all engine tests; each test gets it without faults."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agent_app.domain.ids import ShopId
from agent_app.engines.http import Bounds
from agent_app.engines.sandbox.connector import SandboxShop
from tests.processes import SandboxProcess, sandbox

QUICK = Bounds(connect_s=2, read_s=1, whole_s=3)
"""Faults that keep us waiting are to be over soon."""


@pytest.fixture(scope="package")
def _running() -> Iterator[SandboxProcess]:
    with sandbox(seed=7) as running:
        yield running


@pytest.fixture
def box(_running: SandboxProcess) -> Iterator[SandboxProcess]:
    """Give the running sandbox with a new world; a fault of its own fails the test."""
    _running.reset()
    yield _running
    assert _running.errors() == ""


@pytest.fixture
def shop(box: SandboxProcess) -> Iterator[SandboxShop]:
    connector = SandboxShop(box.base_url, ShopId("sandbox"), clock=box.now, bounds=QUICK)
    yield connector
    connector.close()
