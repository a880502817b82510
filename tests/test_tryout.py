"""Promise: the demo starts by itself, shows a queue, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PySide6.QtGui import QImage

_WITHIN_S = 120


def demo(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the demo as `dev.py demo` does, with its temporary files in `folder`."""
    return subprocess.run(
        [sys.executable, "-m", "agent_app.tryout", *words],
        env=surroundings(folder) | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=_WITHIN_S,
        check=False,
    )


def surroundings(folder: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    }
    return kept | {"TMPDIR": str(folder), "TEMP": str(folder), "PYTHONUTF8": "1"}


def answers(address: str) -> bool:
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname, parts.port or 80), timeout=1):
            return True
    except OSError:
        return False


@pytest.mark.slow
def test_it_shows_a_queue_and_leaves_nothing_behind(tmp_path: Path) -> None:
    picture = tmp_path / "out" / "queue.png"
    picture.parent.mkdir()
    ended = demo(tmp_path, "--offscreen", "--screenshot", str(picture), "--lang", "zh_CN")
    assert ended.returncode == 0, ended.stderr
    assert QImage(str(picture)).width() >= 1000
    started = re.findall(r"http://127\.0\.0\.1:\d+", ended.stdout)
    assert len(started) == 2
    assert not any(answers(address) for address in started)
    assert list(tmp_path.iterdir()) == [picture.parent]


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="SIGTERM ends a process at once on Windows")
def test_ended_from_outside_it_still_tidies_up(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "agent_app.tryout", "--offscreen"],
        env=surroundings(tmp_path),
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert running.stdout is not None
    started: list[str] = []
    for line in running.stdout:
        started = re.findall(r"http://127\.0\.0\.1:\d+", line)
        if started:
            break
    assert all(answers(address) for address in started)
    running.send_signal(signal.SIGTERM)
    assert running.wait(_WITHIN_S) == 143
    running.stdout.close()
    end = time.monotonic() + 10
    while any(answers(address) for address in started) and time.monotonic() < end:
        time.sleep(0.1)
    assert not any(answers(address) for address in started)
    assert list(tmp_path.iterdir()) == []


def test_without_a_display_it_says_what_to_run(tmp_path: Path) -> None:
    if sys.platform in {"win32", "darwin"}:
        pytest.skip("there is always a display here")
    ended = demo(tmp_path)
    assert ended.returncode == 2
    assert "--offscreen" in ended.stderr


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    ended = demo(tmp_path, "--offscreen", "--orders", str(tmp_path / "nowhere"))
    assert ended.returncode == 2
    assert "nowhere" in ended.stderr


@pytest.mark.slow
def test_orders_that_cannot_be_read_end_it_in_words(tmp_path: Path) -> None:
    orders = tmp_path / "orders"
    orders.mkdir()
    (orders / "orders.csv").write_text("order_id\n1\n", "utf-8")
    ended = demo(tmp_path, "--offscreen", "--orders", str(orders))
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "orders.csv" in ended.stderr
