"""One position in two feeds, and which orders the provider's news belong to.

Only `shop.JoinedShop` uses it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote

from agent_app.domain.ids import OrderRef
from agent_app.engines.joined.provider import Touched
from agent_app.engines.joined.store import StoreSide
from agent_app.engines.port import EngineError


@dataclass(frozen=True, slots=True)
class Position:
    """Where the shop's and the provider's lists are continued; None: from the beginning.

    What could not be read is part of the position: it is asked for until it can be. `reader` is
    who gave it: a process that finds its own knows that its last page was taken in.
    """

    store: str | None = None
    provider: str | None = None
    unreadable: tuple[str, ...] = ()
    reader: str = ""

    @classmethod
    def parse(cls, cursor: str | None) -> Position:
        """Return the position that `text` wrote.

        Raises:
            EngineError: it is none.
        """
        if cursor is None:
            return cls()
        parts = cursor.split("|")
        if len(parts) == 3:
            # As it was written before there was a reader.
            parts.append("")
        if len(parts) != 4:
            raise EngineError(f"{cursor!r} is no cursor of this shop")
        store, provider, unreadable, reader = parts
        return cls(
            unquote(store) or None,
            unquote(provider) or None,
            tuple(unquote(ref) for ref in unreadable.split()),
            unquote(reader),
        )

    def text(self) -> str:
        unreadable = " ".join(quote(ref, safe="") for ref in self.unreadable)
        feeds = (quote(part or "", safe="") for part in (self.store, self.provider))
        return "|".join((*feeds, unreadable, quote(self.reader, safe="")))


def touched_refs(store: StoreSide, payments: Iterable[Touched]) -> dict[OrderRef, list[Touched]]:
    """Return the orders of this shop that the payments belong to, with the news of each."""
    found: dict[OrderRef, list[Touched]] = {}
    for touched in payments:
        ref = store.ref_of(touched)
        if ref is not None:
            found.setdefault(ref, []).append(touched)
    return found
