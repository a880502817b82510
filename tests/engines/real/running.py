"""A real shop that is up, for a test that needs one; without it the test is skipped."""

from __future__ import annotations

import importlib
from typing import Any

import pytest


def running(name: str) -> dict[str, Any]:
    """Return the state of the running shop (`vendure`, `medusa`), or skip the test."""
    state = importlib.import_module(f"tests.engines.{name}.bringup").status()
    if state is None:
        pytest.skip(f"{name} is not up: python3 dev.py shop {name} up")
    found: dict[str, Any] = state
    return found
