"""An agent's shift on the fake gateway."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.outbox.shift import Shift
from tests.fakes.platform import FakePlatform


@pytest.fixture
def shift(tmp_path: Path) -> Iterator[Shift]:
    platform = FakePlatform()
    for number in (1, 2, 3, 4, 5):
        platform.add_captured_without_order(number)
    made = Shift(tmp_path, platform)
    yield made
    made.close()
