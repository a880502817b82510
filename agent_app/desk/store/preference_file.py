"""The preferences in one small JSON file; implements `work.ports.PreferenceStore`.

Written whole into a neighbour file and moved into place, so that a crash leaves the old or the new
one and nothing between. main.py makes it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import platformdirs

from agent_app.desk.work.network import NetworkChoice, ProxyUse
from agent_app.desk.work.notices import NoticeChoice, NoticeKind
from agent_app.desk.work.preferences import (
    LOCK_MINUTES,
    USUAL_LOCK_MINUTES,
    Language,
    Preferences,
    Theme,
)

FORMAT = 1
_log = logging.getLogger(__name__)


def default_path() -> Path:
    """Return where this person's preferences are on this system."""
    return Path(platformdirs.user_config_dir("agent-app", appauthor=False)) / "desk.json"


class PreferenceFile:
    """Reads and writes the preferences of one person."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or default_path()
        self._complaint: str | None = None

    @property
    def complaint(self) -> str | None:
        """Return where the unreadable file was put, if a `load` found one."""
        return self._complaint

    def load(self) -> Preferences:
        """Return the kept preferences, or the defaults; an unreadable file is kept aside."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Preferences()
        except (OSError, UnicodeDecodeError) as error:
            return self._put_aside(error)
        try:
            return _read(json.loads(text))
        except (ValueError, TypeError, KeyError) as error:
            return self._put_aside(error)

    def save(self, preferences: Preferences) -> None:
        """Write the preferences.

        Raises:
            OSError: the folder or the disk does not take them; the old file is untouched.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"format": FORMAT, **asdict(preferences)}, indent=2, ensure_ascii=False)
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".desk-", suffix=".json")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

    def _put_aside(self, error: Exception) -> Preferences:
        aside = self._path.with_suffix(".unreadable.json")
        try:
            self._path.replace(aside)
        except OSError:
            aside = self._path
        _log.warning("the settings could not be read (%s); kept as %s", error, aside)
        self._complaint = str(aside)
        return Preferences()


def _read(found: dict[str, Any]) -> Preferences:
    """Return the preferences in a decoded file.

    Raises:
        ValueError, TypeError, KeyError: it is not one of ours, or of a newer program.
    """
    if found["format"] != FORMAT:
        raise ValueError(f"format {found['format']!r}, this program reads {FORMAT}")
    texts = {name: found.get(name, "") for name in ("gateway_url", "window")}
    if not all(isinstance(text, str) for text in texts.values()):
        raise TypeError("gateway_url and window must be texts")
    return Preferences(
        gateway_url=texts["gateway_url"],
        language=Language(found.get("language", Language.SYSTEM)),
        theme=Theme(found.get("theme", Theme.SYSTEM)),
        letter_keys=bool(found.get("letter_keys", True)),
        keys=_read_keys(found.get("keys", {})),
        window=texts["window"],
        lock_minutes=_read_minutes(found.get("lock_minutes", USUAL_LOCK_MINUTES)),
        network=_read_network(found.get("network", {})),
        notices=_read_notices(found.get("notices", {})),
    )


def _read_minutes(found: Any) -> int:
    if isinstance(found, bool) or found not in LOCK_MINUTES:
        raise ValueError(f"lock_minutes is one of {LOCK_MINUTES}")
    return int(found)


def _read_notices(found: Any) -> NoticeChoice:
    if not isinstance(found, dict):
        raise TypeError("notices must be an object")
    chosen = {kind.value: found.get(kind.value, True) for kind in NoticeKind}
    if not all(isinstance(wanted, bool) for wanted in chosen.values()):
        raise TypeError("notices are true or false")
    return NoticeChoice(**chosen)


def _read_keys(found: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(found, dict) or not all(isinstance(keys, list) for keys in found.values()):
        raise TypeError("keys must be an object of lists")
    if not all(isinstance(key, str) for keys in found.values() for key in keys):
        raise TypeError("keys are texts")
    return {command: tuple(keys) for command, keys in found.items()}


def _read_network(found: Any) -> NetworkChoice:
    if not isinstance(found, dict):
        raise TypeError("network must be an object")
    texts = {name: found.get(name, "") for name in ("proxy_url", "ca_file")}
    if not all(isinstance(text, str) for text in texts.values()):
        raise TypeError("proxy_url and ca_file must be texts")
    return NetworkChoice(proxy=ProxyUse(found.get("proxy", ProxyUse.SYSTEM)), **texts)
