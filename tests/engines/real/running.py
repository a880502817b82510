"""A real shop that is up, for a test that needs one; without it the test is skipped."""

from __future__ import annotations

import importlib
import os
from typing import Any

import pytest

DEMANDED = "AGENT_APP_SHOP_UNDER_TEST"
"""The environment's name of the shop that `dev.py test --shop NAME` is about."""


def running(name: str) -> dict[str, Any]:
    """Return the state of the running shop (`vendure`, `medusa`), or skip the test.

    Skipped in one line of the summary: where the shop is not up, and in the whole suite, whose
    processes would disturb each other's counts at one shop. Where the shop is what the run is
    about, its absence fails the test.
    """
    command = f"python3 dev.py test --shop {name}"
    if os.environ.get("PYTEST_XDIST_WORKER"):
        pytest.skip(f"{name} is tested by itself, one test after another: {command}")
    state = importlib.import_module(f"tests.engines.{name}.bringup").status()
    if state is None and os.environ.get(DEMANDED) == name:
        pytest.fail(f"{name} does not run any more; see the logs in its folder", pytrace=False)
    if state is None:
        pytest.skip(f"{name} is not up: python3 dev.py shop {name} up")
    found: dict[str, Any] = state
    return found
