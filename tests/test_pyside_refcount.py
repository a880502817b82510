"""PySide6 must not lose references to None, True or False when called from Python.

PySide6 6.12.0 does on Python 3.11, one per call of a void C++ method, and the interpreter aborts
after some thousands of calls (`none_dealloc`). Run this before raising the pin in pyproject.toml.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# One reference per call shows as 1,000; what the interpreter itself moves stays far below.
TOLERATED_PER_THOUSAND = 50

pytestmark = pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="None, True and False are immortal from Python 3.12 on"
)


def _lost(*calls: str) -> dict[str, dict[str, float]]:
    probe = subprocess.run(
        [sys.executable, "-m", "tests.pyside_refcount_probe", *calls],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert probe.returncode == 0, probe.stderr
    answer: dict[str, dict[str, float]] = json.loads(probe.stdout)
    return answer


def _leaks(lost: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    return {
        call: singletons
        for call, singletons in lost.items()
        if max(singletons.values()) > TOLERATED_PER_THOUSAND
    }


def test_calls_into_qt_lose_no_references() -> None:
    lost = _lost()
    assert len(lost) == 10
    assert _leaks(lost) == {}


def test_the_probe_sees_a_simulated_leak() -> None:
    assert list(_leaks(_lost("simulated leak", "setEnabled"))) == ["simulated leak"]
