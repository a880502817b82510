"""Give every test a home folder and Qt settings of its own; a pytest plugin.

A test that writes to the person's real settings destroys them; one that reads them passes on one
machine only.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_FOLDERS = {
    "HOME": "",
    "USERPROFILE": "",
    "APPDATA": "AppData/Roaming",
    "LOCALAPPDATA": "AppData/Local",
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
    "XDG_CACHE_HOME": ".cache",
    "XDG_RUNTIME_DIR": ".run",
}


def _move_home(patch: pytest.MonkeyPatch, home: Path) -> None:
    for variable, folder in _FOLDERS.items():
        place = home / folder
        # Qt warns of a runtime folder that others may read.
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        patch.setenv(variable, str(place))
    # Sessions of the person at this machine must not be reached by name either.
    patch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)


@pytest.fixture(scope="session", autouse=True)
def _home_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Cover what session- and module-wide fixtures start, before any test has its own home."""
    with pytest.MonkeyPatch.context() as patch:
        _move_home(patch, tmp_path_factory.mktemp("home-of-the-run"))
        yield


@pytest.fixture(autouse=True)
def _home_of_the_test(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home")
    _move_home(monkeypatch, home)
    if "PySide6.QtCore" in sys.modules:
        from PySide6.QtCore import QSettings, QStandardPaths

        QStandardPaths.setTestModeEnabled(True)
        for scope in (QSettings.Scope.UserScope, QSettings.Scope.SystemScope):
            for form in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
                # Qt has read the variables long ago and would go on with the old folder.
                QSettings.setPath(form, scope, str(home / f"settings-{scope.name}"))


@pytest.fixture(autouse=True)
def _log_of_the_test() -> Iterator[None]:
    """Forget where a test's program sent its log: the next test's output is another file."""
    yield
    if "structlog" in sys.modules:
        import structlog

        structlog.reset_defaults()
