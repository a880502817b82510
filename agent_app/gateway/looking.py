"""Who looks at a case: said by each desk that has it open, so that two do not work side by side.

It is no claim and no change of the case: queues and versions stay as they are.
"""

from __future__ import annotations

from datetime import timedelta

from agent_app.contract.messages import Lookers
from agent_app.domain.ids import CaseId
from agent_app.domain.roles import Actor
from agent_app.gateway import casefile
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import lookers

LOOK_LASTS = timedelta(seconds=45)
"""A desk says it again every 15 s or so; one that crashed is gone after this."""


def look(gateway: Gateway, actor: Actor, case_id: CaseId) -> Lookers:
    """Count the actor among those who look at the case, and return them all.

    Raises:
        Refused: there is no such case, or not for this account.
    """
    with gateway.database.write() as connection:
        now = gateway.clock.now()
        casefile.visible_case(gateway, connection, actor, case_id)
        lookers.keep(connection, case_id, actor, now + LOOK_LASTS, now)
        return Lookers(case=case_id, lookers=lookers.of_case(connection, case_id, now))


def leave(gateway: Gateway, actor: Actor, case_id: CaseId) -> Lookers:
    """Count the actor no longer among them; who never looked has left already.

    Raises:
        Refused: there is no such case, or not for this account.
    """
    with gateway.database.write() as connection:
        casefile.visible_case(gateway, connection, actor, case_id)
        lookers.remove(connection, case_id, actor.user)
        found = lookers.of_case(connection, case_id, gateway.clock.now())
        return Lookers(case=case_id, lookers=found)
