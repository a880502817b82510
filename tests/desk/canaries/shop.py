"""The sandbox shop with the planted customers: `python -m tests.desk.canaries.shop --port 0 …`."""

from __future__ import annotations

import sys

from agent_app.engines.sandbox import __main__ as sandbox
from agent_app.engines.sandbox.documents import Customer
from agent_app.engines.sandbox.people import Draw, identifier
from tests.desk.canaries.people import CUSTOMERS, person


def _planted(self: Draw, which: int = 0) -> Customer:
    planted = person((self._number + which) % CUSTOMERS)
    return Customer(
        id=identifier("cus", self._seed, self._number, which),
        name=planted.name,
        email=planted.email,
        phone=planted.phone,
        language=self.market.language,
    )


if __name__ == "__main__":
    Draw.customer = _planted  # type: ignore[method-assign]
    sys.exit(sandbox.main())
