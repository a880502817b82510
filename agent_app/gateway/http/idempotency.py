"""Idempotency keys: one changing request happens once, and its repeat gets the same answer.

Missing key 400, same key with another request 422, still running 409 (IETF Idempotency-Key
draft 07). Keys are kept as long as the database: a repeat after a month is still a repeat.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert
from starlette.responses import Response

from agent_app.contract.problems import ProblemType, problem
from agent_app.domain.ids import UserId
from agent_app.gateway.errors import Refused
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import time_text

_MAX_KEY = 200
_table = schema.requests.c


def once(
    gateway: Gateway,
    user: UserId,
    key: str | None,
    method_and_path: str,
    body: bytes,
    carry_out: Callable[[str], Response],
) -> Response:
    """Carry the request out, or give the answer that it was given before.

    `carry_out` gets an id of the request that is unique over all users.

    Raises:
        Refused: the key is missing, was used for another request, or is still being worked on.
    """
    if not key or len(key) > _MAX_KEY or not key.isprintable():
        detail = f"Send an Idempotency-Key of 1 to {_MAX_KEY} printable characters."
        raise Refused(problem(ProblemType.KEY_MISSING, detail))
    fingerprint = hashlib.sha256(method_and_path.encode() + b"\0" + body).hexdigest()
    earlier = _begin(gateway, user, key, fingerprint)
    if earlier is not None:
        return earlier
    try:
        response = carry_out(f"{user}:{key}")
    except BaseException:
        # Refused or failed: nothing was done, so the key stays free for the corrected request.
        _forget(gateway, user, key)
        raise
    _finish(gateway, user, key, response)
    return response


def _begin(gateway: Gateway, user: UserId, key: str, fingerprint: str) -> Response | None:
    with gateway.database.write() as connection:
        added = connection.execute(
            insert(schema.requests)
            .values(user=user, key=key, fingerprint=fingerprint, at=time_text(gateway.clock.now()))
            .on_conflict_do_nothing()
        )
        if added.rowcount == 1:
            return None
        row = connection.execute(
            sa.select(schema.requests).where(_table.user == user, _table.key == key)
        ).one()
    if row.fingerprint != fingerprint:
        raise Refused(problem(ProblemType.KEY_REUSED, "Use a new key for a new request."))
    if row.status is None:
        raise Refused(problem(ProblemType.IN_PROGRESS, "Ask again with the same key."))
    return Response(row.answer, row.status, media_type=row.media_type)


def _finish(gateway: Gateway, user: UserId, key: str, response: Response) -> None:
    with gateway.database.write() as connection:
        connection.execute(
            sa.update(schema.requests)
            .where(_table.user == user, _table.key == key)
            .values(
                status=response.status_code,
                media_type=response.media_type,
                answer=bytes(response.body),
            )
        )


def _forget(gateway: Gateway, user: UserId, key: str) -> None:
    with gateway.database.write() as connection:
        connection.execute(sa.delete(schema.requests).where(_table.user == user, _table.key == key))


def forget_interrupted(gateway: Gateway) -> None:
    """Free the keys of requests that a stop of the gateway cut short.

    Carrying one out again is safe: actions, notes and findings are unique per request by
    themselves, and the rest has the same effect twice as once.
    """
    with gateway.database.write() as connection:
        connection.execute(sa.delete(schema.requests).where(_table.status.is_(None)))
