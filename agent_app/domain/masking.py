"""Masks for customer data: enough to recognise a person on the line, too little to use.

The gateway masks before anything leaves it; what is revealed is asked for and audited.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from agent_app.domain.order import Customer


def _is_ideographic(character: str) -> bool:
    return unicodedata.name(character, "").startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL"))


def mask_name(name: str) -> str:
    """Return the family name of an ideographic name (王**), the initials of any other (A. S.)."""
    words = name.split()
    if not words:
        return ""
    if _is_ideographic(words[0][0]):
        return words[0][0] + "**"
    return " ".join(f"{word[0]}." for word in (words[0], *words[1:][-1:]))


def mask_email(email: str) -> str:
    """Return the address with all but the first letter and the domain's ending hidden."""
    local, at, domain = email.partition("@")
    if not at or not local:
        return "***" if email else ""
    ending = domain.rpartition(".")[2]
    return f"{local[0]}***@***.{ending}"


def mask_phone(phone: str) -> str:
    """Return the last two digits behind stars."""
    digits = [c for c in phone if c.isdigit()]
    return "*** " + "".join(digits[-2:]) if len(digits) > 4 else ("***" if phone else "")


def mask_customer(customer: Customer) -> Customer:
    return replace(
        customer,
        name=mask_name(customer.name),
        email=mask_email(customer.email),
        phone=mask_phone(customer.phone),
    )
