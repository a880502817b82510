"""Running the gateway as a process: connect the shops, listen, and stop in good order."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta

import uvicorn

from agent_app.domain.ids import ShopId
from agent_app.engines.notices.sender import Sender
from agent_app.engines.port import Shop
from agent_app.gateway import logs, systemd
from agent_app.gateway.anchors import Keeper
from agent_app.gateway.config import Config, ConfigError, ShopConfig
from agent_app.gateway.http.app import make_app
from agent_app.gateway.http.metrics_page import metrics_route
from agent_app.gateway.limit_settings import limits_of
from agent_app.gateway.notice_settings import senders_of
from agent_app.gateway.notifying import NotifyingShop
from agent_app.gateway.observed import Observed
from agent_app.gateway.service import Gateway, Pace
from agent_app.gateway.shops import engine_of
from agent_app.gateway.signin.provider import Provider
from agent_app.gateway.stopping import ANSWERS_S, Server, Stopping
from agent_app.gateway.store import left_over, shop_rows
from agent_app.gateway.store.database import Database

_UNHEARD_MS = 60_000


def serve(config: Config, *, with_parent: bool = False) -> None:
    """Serve until SIGTERM, SIGINT or, `with_parent`, the end of standard input.

    Prints `gateway http://HOST:PORT` when it answers.

    Raises:
        DatabaseUnusable: the database is newer than this program, damaged, or served already.
        Moved: it is not the one in force, or ceased to be while it was served.
        OSError: the address is taken.
    """
    logs.configure(config.log)
    stopping = Stopping(config.stop_within_s, config.drain_s)
    listener = listen(config.host, config.port)
    with listener, running(config, stopping) as gateway:
        app = make_app(gateway)
        app.routes.append(metrics_route(gateway, config.metrics))
        server = Server(
            uvicorn.Config(
                Observed(app, gateway.metrics, log_requests=config.log.requests),
                log_config=None,
                access_log=False,
                # Who really asks is not believed from a header.
                proxy_headers=False,
                timeout_graceful_shutdown=ANSWERS_S,
                lifespan="off",
            ),
            stopping,
        )
        if with_parent:
            threading.Thread(target=_stop_with_parent, args=(stopping,), daemon=True).start()
        host, port = listener.getsockname()[:2]
        print(f"gateway http://{host}:{port}", flush=True)
        systemd.tell("READY=1")
        server.run(sockets=[listener])
        stopping.begin()
    if stopping.error is not None:
        raise stopping.error


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket that answers without delay.

    asyncio turns Nagle's algorithm off only for sockets that name TCP as their protocol, which
    `socket.create_server` does not: each answer would cost some 40 ms.

    Raises:
        OSError: the address is taken or is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if sys.platform == "linux":
            # Of a desk that vanished, or reads nothing of its stream, nothing is kept for longer.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNHEARD_MS)
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise OSError(f"{host}:{port} cannot be listened on ({error.strerror}).") from error
    return listener


@contextlib.contextmanager
def running(config: Config, stopping: Stopping) -> Iterator[Gateway]:
    """Open the database, connect the shops and keep the threads going for the block."""
    database = Database(config.where)
    with contextlib.closing(database), database.only_server():
        # A database that is not in force is refused here, before anything is begun.
        with database.write() as connection:
            if not database.shared:
                left_over.end_leases(connection, database.clock.now())
        with _started(config, database) as gateway, _anchored(config, gateway, stopping):
            stopping.on_begin.append(gateway.vitals.leave)
            stopping.on_begin.append(gateway.feed.close)
            gateway.vitals.on_moved = stopping.begin
            gateway.vitals.on_alive = _tell_watchdog
            yield gateway


@contextlib.contextmanager
def _started(config: Config, database: Database) -> Iterator[Gateway]:
    shops: list[Shop] = []
    teams = {ShopId(shop.id): shop.team for shop in config.shops}
    provider = Provider(config.oidc) if config.oidc is not None else None
    try:
        senders = _senders(config)
        shops.extend(
            NotifyingShop(connect(shop, database), senders, database) for shop in config.shops
        )
        pace = Pace(config.watch_every_s)
        gateway = Gateway(
            database,
            shops,
            pace=pace,
            limits=limits_of(config.limits),
            teams=teams,
            provider=provider,
            most_streams=config.most_streams,
            refusals_kept=timedelta(seconds=config.keep_refusals_s),
        )
    except BaseException:
        for shop in shops:
            shop.close()
        raise
    gateway.start()
    try:
        yield gateway
    finally:
        gateway.stop()


@contextlib.contextmanager
def _anchored(config: Config, gateway: Gateway, stopping: Stopping) -> Iterator[None]:
    """Note the audit log's newest seal outside the database from time to time and at the end."""
    if config.anchors is None:
        yield
        return
    keeper = Keeper(gateway.database, gateway.clock, config.anchors, config.audit.every_s)
    stopping.on_deadline.append(keeper.note)
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()


def _tell_watchdog() -> None:
    systemd.tell("WATCHDOG=1")


def _senders(config: Config) -> tuple[Sender, ...]:
    try:
        return senders_of(config.mail, config.sms)
    except ValueError as error:
        raise ConfigError(f"{error}.") from error


def connect(shop: ShopConfig, database: Database) -> Shop:
    """Return the engine of a configured shop, by the database's clock."""
    now = database.clock.now
    anchor = now()
    if shop.engine == "history":
        with database.write() as connection:
            anchor = shop_rows.anchor(connection, ShopId(shop.id), anchor)
    return engine_of(shop, anchor, now)


def _stop_with_parent(stopping: Stopping) -> None:
    with contextlib.suppress(OSError, ValueError):
        while os.read(sys.stdin.fileno(), 1024):
            pass
    stopping.begin()
