"""Tells of tests that need a real shop in one line per reason, not in one per test; a plugin."""

from collections.abc import Generator
from pathlib import Path

import pytest
from pluggy import Result

_WHERE = str(Path(__file__).resolve().parent.parent / "engines" / "real" / "running.py")
_COMMANDS = ("python3 dev.py test --shop ", "python3 dev.py shop ")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Generator[None, Result[pytest.TestReport], None]:
    """Let all that are skipped for want of a shop be skipped at the same place."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2]
        if any(command in reason for command in _COMMANDS):
            report.longrepr = (_WHERE, 1, reason)
