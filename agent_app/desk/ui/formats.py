"""Money, times and lengths of time in the words of the language in force.

Money and dates by QLocale; a symbol that several currencies share is never used alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale, QTimeZone

from agent_app.desk.work.ageing import Countdown, Unit, span
from agent_app.domain.money import Money

translate = QCoreApplication.translate

_SYMBOLS = {"CNY": "¥", "EUR": "€", "GBP": "£", "USD": "$", "BRL": "R$", "HKD": "HK$", "KRW": "₩"}
"""JPY is missing on purpose: ¥ is CNY here, and taking one for the other costs money."""


def money(amount: Money) -> str:
    """Return an amount with its currency, its minor digits and the locale's separators."""
    digits = amount.minor_digits
    # Whole units and minor digits apart: a float would round a large amount.
    whole, minor = divmod(abs(amount.amount_minor), 10**digits)
    locale = QLocale()
    text = locale.toString(whole)
    if digits:
        text += locale.decimalPoint() + f"{minor:0{digits}d}"
    sign = locale.negativeSign() if amount.amount_minor < 0 else ""
    symbol = _SYMBOLS.get(amount.currency)
    return f"{sign}{symbol}{text}" if symbol else f"{sign}{amount.currency}\u00a0{text}"


def length(time: timedelta) -> str:
    """Return a length of time in its largest unit: "12 min"."""
    whole = span(time)
    number = QLocale().toString(whole.count)
    if whole.unit is Unit.SECONDS:
        return translate("formats", "%1 s").replace("%1", number)
    if whole.unit is Unit.MINUTES:
        return translate("formats", "%1 min").replace("%1", number)
    if whole.unit is Unit.HOURS:
        return translate("formats", "%1 h").replace("%1", number)
    return translate("formats", "%1 d").replace("%1", number)


def ago(at: datetime, now: datetime) -> str:
    """Return how long ago something was: "12 min ago", "just now" under five seconds."""
    if now - at < timedelta(seconds=5):
        return translate("formats", "just now")
    return translate("formats", "%1 ago").replace("%1", length(now - at))


def clock(left: timedelta) -> str:
    """Return what is left of a deadline as it counts: "18:40", "3:05:00", or "2 d"."""
    seconds = max(int(left.total_seconds()), 0)
    if seconds >= 48 * 3600:
        return length(left)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def running(count: Countdown) -> str:
    """Return a countdown in words: "in 18:40", "4:12 left, hurry", "over for 3 min"."""
    if count.over:
        return translate("formats", "over for %1").replace("%1", length(count.left))
    if count.urgent:
        return translate("formats", "only %1 left").replace("%1", clock(count.left))
    return translate("formats", "in %1").replace("%1", clock(count.left))


def moment(at: datetime) -> str:
    """Return a moment in this machine's zone: the time, with the date when it is not today."""
    local = _local(at)
    time = local.time().toString("HH:mm:ss")
    if local.date() == QDate.currentDate():
        return time
    return f"{QLocale().toString(local.date(), QLocale.FormatType.ShortFormat)} {time}"


def number(count: int) -> str:
    """Return a whole number with the locale's separators."""
    return QLocale().toString(count)


def _local(at: datetime) -> QDateTime:
    moment = QDateTime.fromMSecsSinceEpoch(int(at.timestamp() * 1000), QTimeZone.utc())
    return moment.toLocalTime()


def parse_money(text: str, currency: str) -> Money | None:
    """Return the positive amount that a person typed, or None when it is not one.

    Takes the locale's separators and the currency's own sign or code; more digits than the
    currency has are refused, not rounded.
    """
    locale = QLocale()
    plain = text.strip().replace(locale.groupSeparator(), "").replace("\u00a0", "")
    for mark in (_SYMBOLS.get(currency), currency):
        if mark:
            plain = plain.removeprefix(mark).strip()
    whole, _, minor = plain.replace(locale.decimalPoint(), ".").partition(".")
    digits = Money(0, currency).minor_digits
    if not whole.isascii() or not whole.isdigit() or len(minor) > digits or len(whole) > 12:
        return None
    if minor and not (minor.isascii() and minor.isdigit()):
        return None
    amount = int(whole) * 10**digits + int(minor.ljust(digits, "0") or "0")
    return Money(amount, currency) if amount > 0 else None


def amount_text(amount: Money) -> str:
    """Return an amount for a field: its currency's sign and digits, no group separators."""
    whole, minor = divmod(amount.amount_minor, 10**amount.minor_digits)
    mark = _SYMBOLS.get(amount.currency) or f"{amount.currency} "
    if not amount.minor_digits:
        return f"{mark}{whole}"
    return f"{mark}{whole}{QLocale().decimalPoint()}{minor:0{amount.minor_digits}d}"
