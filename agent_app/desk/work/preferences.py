"""What a person has chosen for this desk, kept between sessions. Holds no secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from agent_app.desk.work.network import NetworkChoice


class Theme(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Language(StrEnum):
    SYSTEM = "system"
    ENGLISH = "en"
    CHINESE = "zh_CN"


@dataclass(frozen=True, slots=True)
class Preferences:
    """All choices; the defaults are those of a first start."""

    gateway_url: str = ""
    language: Language = Language.SYSTEM
    theme: Theme = Theme.SYSTEM
    letter_keys: bool = True
    """Whether single letters act in lists and on the case page."""
    window: str = ""
    """The window's place and size as Qt saved it, base64; empty on a first start."""
    network: NetworkChoice = field(default_factory=NetworkChoice)
