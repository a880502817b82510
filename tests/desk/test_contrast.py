"""Every text can be read on every ground that it is painted on: 4.5:1 at the least."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_app.desk.ui.badges import WASH
from agent_app.desk.ui.design import DARK, LIGHT, Colours

LEAST = 4.5
GROUNDS = ("surface", "sunken", "selected", "hover")
PILLS = ("muted", "accent", "danger", "warning", "success")
"""Tones of which a badge has a wash under its word; `unknown` is hatched instead."""


def _parts(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))


def _light(parts: tuple[float, ...]) -> float:
    """Return the relative luminance (WCAG 2.2)."""
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(text: str, ground: str, wash: float = 0.0) -> float:
    over, under = _parts(text), _parts(ground)
    mixed = tuple(wash * o + (1 - wash) * u for o, u in zip(over, under, strict=True))
    lights = sorted((_light(over), _light(mixed)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _too_faint(colours: Colours) -> list[str]:
    flat = [
        (text, ground, 0.0)
        for text in ("text", "muted", "accent", "danger", "warning", "success", "unknown")
        for ground in GROUNDS
    ]
    washed = [(text, ground, WASH / 255) for text in PILLS for ground in GROUNDS]
    return [
        f"{text} on {ground}{' in a badge' if wash else ''}: {found:.2f}"
        for text, ground, wash in (*flat, *washed)
        if (found := _contrast(getattr(colours, text), getattr(colours, ground), wash)) < LEAST
    ]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_stands_out_from_every_ground(colours: Colours) -> None:
    assert _too_faint(colours) == []
    assert _contrast(colours.on_accent, colours.accent) >= LEAST


def test_a_green_that_was_too_faint_is_found() -> None:
    assert _contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert "success on selected: 4.33" in _too_faint(replace(LIGHT, success="#1A7F37"))
