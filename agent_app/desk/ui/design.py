"""The look of the desk in one place: spacing, type, colours, palettes. Anyone in `ui` reads it.

Colours and their contrasts: desk.md, tokens. Fusion with own palettes, because Qt's own dark mode
does nothing where no platform theme is (plain X, CI).
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from agent_app.desk.work.preferences import Theme

S1, S2, S3, S4, S5 = 4, 8, 12, 16, 24
"""Spacing in logical pixels."""
RADIUS = 4
ROW = 44
"""Height of a queue row with its two lines."""
RAIL_WIDE, RAIL_NARROW = 200, 56
RAIL_NARROW_UNDER = 1500
QUEUE_FOLDS_UNDER = 1300
META, BODY, SECTION, HEADLINE = 12, 13, 15, 20
"""Type sizes in pixels."""

FAMILIES = [
    "Segoe UI",
    ".AppleSystemUIFont",
    "Inter",
    "Noto Sans",
    "Cantarell",
    "Ubuntu",
    "Microsoft YaHei UI",
    "PingFang SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "DejaVu Sans",
]
"""The system's own face first, then one for Chinese: offscreen and X have no fall-back list."""


@dataclass(frozen=True, slots=True)
class Colours:
    """The roles of desk.md; every text colour has at least 4.5:1 on both surfaces."""

    surface: str
    sunken: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    danger: str
    warning: str
    success: str
    unknown: str
    selected: str
    hover: str
    field: str
    """The ground of what one types into."""


LIGHT = Colours(
    surface="#FFFFFF",
    sunken="#F5F6F8",
    line="#DDE1E6",
    text="#1B1F24",
    muted="#57606A",
    accent="#0B5FCC",
    on_accent="#FFFFFF",
    danger="#B42318",
    warning="#8A5300",
    success="#14692D",
    unknown="#6B3FA0",
    selected="#E3EEFC",
    hover="#EEF1F4",
    field="#FFFFFF",
)
DARK = Colours(
    surface="#16181D",
    sunken="#1F2228",
    line="#343942",
    text="#E6E9EE",
    muted="#A3ABB7",
    accent="#74ACFF",
    on_accent="#0B1524",
    danger="#FF8F85",
    warning="#E8B75A",
    success="#72D190",
    unknown="#C6ABFF",
    selected="#22324A",
    hover="#282C34",
    field="#242831",
)

DARK_BELOW = 128


def colours(palette: QPalette | None = None) -> Colours:
    """Return the colours that go with a palette, the application's by default."""
    base = (palette or QGuiApplication.palette()).color(QPalette.ColorRole.Base)
    return DARK if base.lightness() < DARK_BELOW else LIGHT


def tone(name: str) -> QColor:
    """Return one colour role of the palette in force, by its name in `Colours`."""
    return QColor(getattr(colours(), name))


def font(size: int = BODY, *, bold: bool = False, tabular: bool = False) -> QFont:
    """Return the desk's font in a size; `tabular` for money and times, so that digits align."""
    made = QFont()
    made.setFamilies(FAMILIES)
    made.setPixelSize(size)
    if bold:
        made.setWeight(QFont.Weight.DemiBold)
    if tabular:
        made.setFeature(QFont.Tag.fromString("tnum"), 1)
    return made


def apply(application: QApplication, theme: Theme) -> None:
    """Give the application style, font and palette; may be called again to switch the theme."""
    application.setStyle("Fusion")
    application.setFont(font())
    chosen = DARK if _dark(theme) else LIGHT
    application.setPalette(palette_of(chosen))
    fields = palette_of(chosen)
    # Fusion draws a field's edge darker than the window: on a dark one it would vanish.
    fields.setColor(QPalette.ColorRole.Base, QColor(chosen.field))
    for kind in ("QLineEdit", "QPlainTextEdit"):
        application.setPalette(fields, kind)  # type: ignore[arg-type]  # PySide takes str only


def _dark(theme: Theme) -> bool:
    if theme is Theme.SYSTEM:
        return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return theme is Theme.DARK


def palette_of(c: Colours) -> QPalette:
    """Return Fusion's palette for one set of colours."""
    palette = QPalette()
    role = QPalette.ColorRole
    everywhere = {
        role.Window: c.surface,
        role.WindowText: c.text,
        role.Base: c.surface,
        role.AlternateBase: c.sunken,
        role.Text: c.text,
        role.Button: c.sunken,
        role.ButtonText: c.text,
        role.BrightText: c.danger,
        role.ToolTipBase: c.sunken,
        role.ToolTipText: c.text,
        role.PlaceholderText: c.muted,
        role.Link: c.accent,
        role.LinkVisited: c.unknown,
        role.Highlight: c.accent,
        role.HighlightedText: c.on_accent,
        role.Accent: c.accent,
        role.Light: c.surface,
        role.Midlight: c.hover,
        role.Mid: c.line,
        role.Dark: c.line,
        role.Shadow: c.line,
    }
    for which, colour in everywhere.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(c.muted))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(c.line))
    return palette
