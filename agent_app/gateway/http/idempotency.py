"""Idempotency keys: one changing request happens once, and its repeat gets the same answer.

Missing key 400 (`keys`), same key with another request 422, still running 409 (IETF Idempotency-Key
draft 07). Answers that are kept are kept as long as the database: a repeat after a month is still
a repeat. An answer is not kept where doing it again has the same effect as once (claim, release,
recheck), or where it holds contact data (reveal); those keys pass after a day.

A refusal is kept for some minutes (`Gateway.refusals_kept`): a copy of the request that a network
held back may come when its reason is gone, and the person was told that nothing was done. Not kept
is a refusal that judged nothing (`_NOT_JUDGED`), which the same key is to be tried again after.

"Still running" is a lease, so that every process knows it: a request that a crash cut short is
carried out again by its repeat when that has run out, which is safe because actions, notes and
findings are unique per request.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row
from starlette.responses import Response

from agent_app.contract.problems import MEDIA_TYPE, ProblemType, problem
from agent_app.domain.ids import UserId
from agent_app.gateway.errors import Refused
from agent_app.gateway.service import Gateway
from agent_app.gateway.store import schema
from agent_app.gateway.store.codec import encode, time_text
from agent_app.gateway.store.dialects import insert_ignoring

_UNKEPT_LAST = timedelta(days=1)
_RUNNING_AT_MOST = timedelta(seconds=30)
_PASSING_AT_ONCE = 500
"""Rows of each kind that one request takes away: others wait for the writer."""
_PASSING_EVERY = timedelta(minutes=1)
_NOT_JUDGED = frozenset(
    {
        ProblemType.UNAUTHENTICATED,
        ProblemType.IN_PROGRESS,
        ProblemType.THROTTLED,
        ProblemType.SHOP_UNREACHABLE,
        ProblemType.UNAVAILABLE,
        ProblemType.INTERNAL,
    }
)
_table = schema.requests.c
# The index of the refused is taken for this number alone, not for a parameter.
_IS_REFUSED = _table.status >= sa.literal_column("400")


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
        key: str,
        method_and_path: str,
        body: bytes,
        carry_out: Callable[[str], Response],
        *,
        keep_answer: bool,
    ) -> Response:
        """Carry the request out, or give the answer that it was given before.

        `carry_out` gets an id of the request that is unique over all users.

        Raises:
            Refused: the key was used for another request, or is being worked on.
        """
        fingerprint = hashlib.sha256(method_and_path.encode() + b"\0" + body).hexdigest()
        with contextlib.nullcontext() if keep_answer else self._alone(user, key):
            earlier = self._begin(user, key, fingerprint, keep_answer=keep_answer)
            if earlier is not None and earlier.answer is not None:
                return Response(earlier.answer, earlier.status, media_type=earlier.media_type)
            try:
                response = carry_out(f"{user}:{key}")
            except Refused as refused:
                self._end_refused(user, key, refused)
                raise
            except Exception:
                self._end_running(user, key)
                raise
            self._finish(user, key, response, keep_answer=keep_answer)
            return response

    @contextlib.contextmanager
    def _alone(self, user: UserId, key: str) -> Iterator[None]:
        """Let no other thread carry out the same request; of what no lease in the database tells.

        Raises:
            Refused: another one does.
        """
        with self._lock:
            if (user, key) in self._running:
                raise Refused(problem(ProblemType.IN_PROGRESS, "Ask again with the same key."))
            self._running.add((user, key))
        try:
            yield
        finally:
            with self._lock:
                self._running.discard((user, key))

    def _begin(
        self, user: UserId, key: str, fingerprint: str, *, keep_answer: bool
    ) -> Row[tuple[object, ...]] | None:
        """Take the key, or return what is kept under it.

        What is carried out again anyhow takes no lease: it would cost another write to end it.
        """
        with self._gateway.database.write() as connection:
            now = self._gateway.clock.now()
            self._forget_old(connection, now)
            until = time_text(now + _RUNNING_AT_MOST) if keep_answer else None
            taken = {"user": user, "key": key, "fingerprint": fingerprint, "at": time_text(now)}
            if insert_ignoring(connection, schema.requests, {**taken, "running_until": until}):
                return None
            of_key = sa.and_(_table.user == user, _table.key == key)
            row = connection.execute(sa.select(schema.requests).where(of_key)).one()
            if row.fingerprint != fingerprint:
                raise Refused(problem(ProblemType.KEY_REUSED, "Use a new key for a new request."))
            if row.running_until is not None and row.running_until > time_text(now):
                raise Refused(problem(ProblemType.IN_PROGRESS, "Ask again with the same key."))
            if row.answer is None:
                connection.execute(
                    sa.update(schema.requests).where(of_key).values(running_until=until)
                )
            return row

    def _forget_old(self, connection: Connection, now: datetime) -> None:
        """Let some of the keys go that pass; more of them at the next request if there are many."""
        if now < self._forget_at:
            return
        kept = self._gateway.refusals_kept
        unkept = sa.and_(_table.answer.is_(None), _table.at < time_text(now - _UNKEPT_LAST))
        refused = sa.and_(_IS_REFUSED, _table.at < time_text(now - kept))
        if max([_delete_some(connection, old) for old in (unkept, refused)]) < _PASSING_AT_ONCE:
            self._forget_at = now + _PASSING_EVERY

    def _end_running(self, user: UserId, key: str) -> None:
        """Let the repeat of a request that failed begin at once, if the database still answers."""
        with contextlib.suppress(sa.exc.SQLAlchemyError), self._gateway.database.write() as on:
            on.execute(
                sa.update(schema.requests)
                .where(_table.user == user, _table.key == key, _table.running_until.is_not(None))
                # Not NULL, which says that answers of its kind are not kept (`fates`).
                .values(running_until=time_text(self._gateway.clock.now()))
            )

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
                    running_until=None,
                )
            )

    def _end_refused(self, user: UserId, key: str, refused: Refused) -> None:
        """Keep the refusal under its key, or free the key for another try."""
        told = refused.problem
        mine = sa.and_(_table.user == user, _table.key == key, _table.answer.is_(None))
        kept = self._gateway.refusals_kept and told.kind not in _NOT_JUDGED
        with self._gateway.database.write() as connection:
            if not kept:
                connection.execute(sa.delete(schema.requests).where(mine))
                return
            connection.execute(
                sa.update(schema.requests)
                .where(mine)
                .values(
                    at=time_text(self._gateway.clock.now()),
                    status=told.status,
                    media_type=MEDIA_TYPE,
                    answer=encode(told),
                    running_until=None,
                )
            )


def _delete_some(connection: Connection, old: sa.ColumnElement[bool]) -> int:
    """Delete at most `_PASSING_AT_ONCE` of these rows; return how many."""
    some = sa.select(_table.user, _table.key).where(old).limit(_PASSING_AT_ONCE)
    within = sa.tuple_(_table.user, _table.key).in_(some)
    return connection.execute(sa.delete(schema.requests).where(within)).rowcount
