"""Promise: the test provider's packages are pinned by hash, and the lock says nothing of hosts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.oidc_provider import FOLDER

LOCK = FOLDER / "package-lock.json"


def faults(lock: str) -> list[str]:
    """Return what a lock file must not have: addresses, and packages that no hash pins."""
    packages: dict[str, Any] = json.loads(lock)["packages"]
    loose = [name for name, one in packages.items() if name and "integrity" not in one]
    return loose + [line.strip() for line in lock.splitlines() if "://" in line]


def test_the_lock_names_no_host_and_pins_all() -> None:
    lock = LOCK.read_text("utf-8")
    assert faults(lock) == []
    packages = json.loads(lock)["packages"]
    wanted = json.loads((FOLDER / "package.json").read_text("utf-8"))["dependencies"]
    assert packages[""]["dependencies"] == wanted
    assert packages["node_modules/oidc-provider"]["version"] == wanted["oidc-provider"]


@pytest.mark.parametrize(
    "line", ['"resolved": "https://registry.example.test/a.tgz",', '"version": "1"']
)
def test_a_host_or_a_loose_package_is_seen(line: str) -> None:
    lock = '{"packages": {"node_modules/a": {\n' + line.rstrip(",") + "\n}}}"
    assert faults(lock)
