"""Fail a test that leaves threads, windows or running timers behind; a pytest plugin.

What one test leaves running fails another one later, at a place that has nothing to do with it.
The idea is napari's; the code is our own.
"""

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

# A thread that was told to stop may need a moment; one that was not told never stops.
GRACE_S = 1.0


def _threads() -> dict[int, str]:
    """Return the running Python threads; a Qt pool's threads stay for reuse and are no leak."""
    return {
        id(thread): f"thread {thread.name!r}"
        for thread in threading.enumerate()
        # CPython gives threads that it did not start (Qt's) this private stand-in.
        if type(thread).__name__ != "_DummyThread"
    }


def _qt_objects() -> dict[int, str]:
    """Return top-level widgets, active timers and running threads of Qt."""
    from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer
    from PySide6.QtWidgets import QApplication
    from shiboken6 import isValid

    if QCoreApplication.instance() is None:
        return {}
    # deleteLater() is carried out by the event loop, which no longer runs.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    found = {id(widget): f"top-level {widget!r}" for widget in QApplication.topLevelWidgets()}
    for thing in gc.get_objects():
        if not isinstance(thing, QTimer | QThread) or not isValid(thing):
            continue
        if thing.isActive() if isinstance(thing, QTimer) else thing.isRunning():
            found[id(thing)] = f"running {thing!r}"
    return found


def _leaked(look: Callable[[], dict[int, str]], before: dict[int, str]) -> list[str]:
    """Return what is there now and was not before, after garbage and stragglers are gone."""
    end = time.monotonic() + GRACE_S
    while True:
        left = [name for key, name in look().items() if key not in before]
        if not left or time.monotonic() > end:
            return left
        gc.collect()
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def _leaves_nothing_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    # Looking through all objects costs some milliseconds: only tests with Qt pay for it.
    uses_qt = "PySide6.QtWidgets" in sys.modules and "qapp" in request.fixturenames
    threads = _threads()
    objects = _qt_objects() if uses_qt else {}
    yield
    left = _leaked(_threads, threads)
    if uses_qt:
        left += _leaked(_qt_objects, objects)
    if left:
        pytest.fail(f"the test left behind: {', '.join(left)}", pytrace=False)
