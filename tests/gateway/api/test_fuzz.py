"""Promise: whatever is sent, there is no 5xx and no answer that the OpenAPI document lacks.

A quick form of `dev.py bench fuzz`, which sends 10,000 inputs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import postgres

ROOT = Path(__file__).parents[3]


def fuzz(*arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.gateway.api.fuzz", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.stdout, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_no_input_is_answered_outside_the_document(database: str) -> None:
    more = []
    if database == "postgresql":
        try:
            postgres.programs()
        except postgres.NoPostgresError as error:
            pytest.skip(str(error))
        more = ["--postgresql"]
    report = fuzz("--inputs", "300", *more)
    assert report["failures"] == []
    assert report["shallow"] == [], "it is to reach every operation"
    assert report["inputs"] >= 300
    statuses = {status for answers in report["answers"].values() for status in answers}
    assert {"200", "202", "400", "403", "404", "409"} <= statuses


@pytest.mark.slow
def test_what_breaks_the_document_is_found() -> None:
    """The negative control: each planted operation breaks one promise, and each is found."""
    found = fuzz("--controls", "--inputs", "60")
    assert found.pop("none") == 0
    assert len(found) >= 6
    assert all(found.values()), found
