"""An agent at a desk that can be locked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.desk.lock.seat import Seat
from tests.fakes.platform import FakePlatform


@pytest.fixture
def seat(qtbot: QtBot, qapp: object, tmp_path: Path, platform: FakePlatform) -> Iterator[Seat]:
    made = Seat(qtbot, qapp, tmp_path, platform)
    yield made
    made.end()
