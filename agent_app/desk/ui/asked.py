"""The sign-in that was asked for last: what the connection repeats, and opens a store by."""

from __future__ import annotations

from dataclasses import dataclass

from agent_app.desk.work.local import KeyPlace


@dataclass(frozen=True, slots=True)
class Asked:
    """Where, and by what; None: not by that."""

    url: str = ""
    token: str | None = None
    place: KeyPlace | None = None
    passphrase: str | None = None
