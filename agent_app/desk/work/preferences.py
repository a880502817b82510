"""What a person has chosen for this desk, kept between sessions. Holds no secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from agent_app.desk.work.network import NetworkChoice
from agent_app.desk.work.notices import NoticeChoice


class Theme(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Language(StrEnum):
    SYSTEM = "system"
    ENGLISH = "en"
    CHINESE = "zh_CN"


LOCK_MINUTES = (1, 2, 5, 10, 15, 30, 60, 0)
"""What may be chosen."""
USUAL_LOCK_MINUTES = 10


@dataclass(frozen=True, slots=True)
class Preferences:
    """All choices; the defaults are those of a first start."""

    gateway_url: str = ""
    language: Language = Language.SYSTEM
    theme: Theme = Theme.SYSTEM
    letter_keys: bool = True
    """Whether single letters act in lists and on the case page."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Own keys by command, where they are not the usual ones; see `work.shortcuts`."""
    window: str = ""
    """The window's place and size as Qt saved it, base64; empty on a first start."""
    lock_minutes: int = USUAL_LOCK_MINUTES
    """Without input, the desk locks itself after so long; 0: never by itself."""
    network: NetworkChoice = field(default_factory=NetworkChoice)
    notices: NoticeChoice = field(default_factory=NoticeChoice)
