"""Why an order is in the queue: the rule in words, and for a learnt promise its figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from agent_app.desk.ui import formats
from agent_app.desk.ui.words import QT_TRANSLATE_NOOP, filled, say
from agent_app.desk.ui.words.states import METHODS, RULES
from agent_app.domain.flags import Flag
from agent_app.domain.order import PaymentMethod
from agent_app.domain.promise import Why

LEARNT: Mapping[Why, str] = {
    Why.APPROVAL_OVERDUE: QT_TRANSLATE_NOOP(
        "Flagged",
        "Not approved {days} days after the purchase; with {method} that is late in this shop",
    ),
    Why.PROMISE_OVERDUE: QT_TRANSLATE_NOOP(
        "Flagged",
        "The shop promised to hand it over by {promised}; after {days} days such orders of this "
        "shop seldom arrive by themselves",
    ),
    Why.HANDOVER_OVERDUE: QT_TRANSLATE_NOOP(
        "Flagged",
        "Not handed over {days} days after the purchase; such orders of this shop seldom arrive "
        "by themselves",
    ),
}


def why(flag: Flag) -> str:
    """Return the reason for the flag as a sentence."""
    code, figures = _learnt(flag)
    if code is None:
        return say("FlagRule", RULES, flag.rule)
    text = QCoreApplication.translate("Flagged", LEARNT[code])
    values = {"days": f"{float(figures.get('flag_days', '0')):.0f}"}
    if "method" in figures:
        values["method"] = say("PaymentMethod", METHODS, PaymentMethod(figures["method"]))
    if "promised_ship_by" in figures:
        values["promised"] = formats.moment(datetime.fromisoformat(figures["promised_ship_by"]))
    return filled(text, **values)


def _learnt(flag: Flag) -> tuple[Why | None, dict[str, str]]:
    if not flag.why:
        return None, {}
    code, *figures = flag.why
    return Why(code), dict(figure.split("=", 1) for figure in figures)
