"""Who paid, made comparable between a shop and a provider without naming anybody (I8)."""

from __future__ import annotations

import hashlib

from agent_app.domain.ids import CustomerId


def payer_id(email: str | None) -> CustomerId | None:
    """Return an id that is the same for the same e-mail address, None without one.

    Case and surrounding space do not count. A digest, because events and evidence hold no
    personal data.
    """
    plain = (email or "").strip().casefold()
    if "@" not in plain:
        return None
    return CustomerId("mail-" + hashlib.sha256(plain.encode()).hexdigest()[:24])
