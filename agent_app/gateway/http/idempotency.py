"""Idempotency keys: one changing request happens once, and its repeat gets the same answer.

Missing key 400, same key with another request 422, still running 409 (IETF Idempotency-Key
draft 07). Answers that are kept are kept as long as the database: a repeat after a month is still
a repeat. An answer is not kept where doing it again has the same effect as once (claim, release,
recheck), or where it holds contact data (reveal); those keys pass after a day.

"Still running" is known in memory: a request that a crash or a full disk cut short is carried out
again by its repeat, which is safe because actions, notes and findings are unique per request.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Row
from starlette.responses import Response

from agent_app.contract.problems import ProblemType, problem
from agent_app.domain.ids import UserId
from agent_app.gateway.errors import Refused
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import time_text
from agent_app.gateway.store.dialects import insert

_MAX_KEY = 200
_UNKEPT_LAST = timedelta(days=1)
_table = schema.requests.c


class Requests:
    """The changing requests of one gateway process. Safe to use from several threads."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._lock = threading.Lock()
        self._running: set[tuple[UserId, str]] = set()
        self._forget_at = gateway.clock.now()

    def once(
        self,
        user: UserId,
        key: str | None,
        method_and_path: str,
        body: bytes,
        carry_out: Callable[[str], Response],
        *,
        keep_answer: bool,
    ) -> Response:
        """Carry the request out, or give the answer that it was given before.

        `carry_out` gets an id of the request that is unique over all users.

        Raises:
            Refused: the key is missing, was used for another request, or is being worked on.
        """
        if not key or len(key) > _MAX_KEY or not key.isprintable():
            detail = f"Send an Idempotency-Key of 1 to {_MAX_KEY} printable characters."
            raise Refused(problem(ProblemType.KEY_MISSING, detail))
        fingerprint = hashlib.sha256(method_and_path.encode() + b"\0" + body).hexdigest()
        with self._lock:
            if (user, key) in self._running:
                raise Refused(problem(ProblemType.IN_PROGRESS, "Ask again with the same key."))
            self._running.add((user, key))
        try:
            earlier = self._begin(user, key, fingerprint)
            if earlier is not None and earlier.answer is not None:
                return Response(earlier.answer, earlier.status, media_type=earlier.media_type)
            try:
                response = carry_out(f"{user}:{key}")
            except Refused:
                # Nothing was done, so the key stays free for the corrected request.
                self._forget(user, key)
                raise
            self._finish(user, key, response, keep_answer=keep_answer)
            return response
        finally:
            with self._lock:
                self._running.discard((user, key))

    def _begin(self, user: UserId, key: str, fingerprint: str) -> Row[tuple[object, ...]] | None:
        now = self._gateway.clock.now()
        with self._gateway.database.write() as connection:
            if now >= self._forget_at:
                self._forget_at = now + timedelta(hours=1)
                old = sa.and_(_table.answer.is_(None), _table.at < time_text(now - _UNKEPT_LAST))
                connection.execute(sa.delete(schema.requests).where(old))
            added = connection.execute(
                insert(connection, schema.requests)
                .values(user=user, key=key, fingerprint=fingerprint, at=time_text(now))
                .on_conflict_do_nothing()
            )
            if added.rowcount == 1:
                return None
            row = connection.execute(
                sa.select(schema.requests).where(_table.user == user, _table.key == key)
            ).one()
        if row.fingerprint != fingerprint:
            raise Refused(problem(ProblemType.KEY_REUSED, "Use a new key for a new request."))
        return row

    def _finish(self, user: UserId, key: str, response: Response, *, keep_answer: bool) -> None:
        if not keep_answer:
            return
        with self._gateway.database.write() as connection:
            connection.execute(
                sa.update(schema.requests)
                .where(_table.user == user, _table.key == key)
                .values(
                    status=response.status_code,
                    media_type=response.media_type,
                    answer=bytes(response.body),
                )
            )

    def _forget(self, user: UserId, key: str) -> None:
        with self._gateway.database.write() as connection:
            connection.execute(
                sa.delete(schema.requests).where(
                    _table.user == user, _table.key == key, _table.answer.is_(None)
                )
            )
