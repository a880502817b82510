"""Running the gateway as a process: connect the shops, listen, and stop in good order."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import structlog
import uvicorn

from agent_app.domain.ids import ShopId
from agent_app.engines.history import open_history
from agent_app.engines.history.orders import Status
from agent_app.engines.port import Shop
from agent_app.engines.sandbox.connector import SandboxShop
from agent_app.gateway.config import Config, ShopConfig
from agent_app.gateway.http.app import make_app
from agent_app.gateway.service import Gateway, Pace
from agent_app.gateway.store import left_over, shop_rows
from agent_app.gateway.store.database import Database


def serve(config: Config, *, with_parent: bool = False) -> None:
    """Serve until SIGTERM, SIGINT or, `with_parent`, the end of standard input.

    Prints `gateway http://HOST:PORT` when it answers.

    Raises:
        DatabaseUnusable: the database is newer than this program, damaged, or served already.
        OSError: the address is taken.
    """
    _log_without_customer_data()
    listener = listen(config.host, config.port)
    with listener, running(config) as gateway:
        server = uvicorn.Server(
            uvicorn.Config(
                make_app(gateway),
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=5,
                lifespan="off",
            )
        )
        if with_parent:
            threading.Thread(target=_stop_with_parent, args=(server,), daemon=True).start()
        host, port = listener.getsockname()[:2]
        print(f"gateway http://{host}:{port}", flush=True)
        server.run(sockets=[listener])


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
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise OSError(f"{host}:{port} cannot be listened on ({error.strerror}).") from error
    return listener


@contextlib.contextmanager
def running(config: Config) -> Iterator[Gateway]:
    """Open the database, connect the shops and keep the threads going for the block."""
    database = Database(config.where)
    with contextlib.closing(database), database.only_server():
        if not database.shared:
            with database.write() as connection:
                left_over.end_leases(connection, database.clock.now())
        with _started(config, database) as gateway:
            yield gateway


@contextlib.contextmanager
def _started(config: Config, database: Database) -> Iterator[Gateway]:
    shops: list[Shop] = []
    try:
        shops.extend(connect(shop, database) for shop in config.shops)
        gateway = Gateway(database, shops, pace=Pace(config.watch_every_s))
    except BaseException:
        for shop in shops:
            shop.close()
        raise
    gateway.start()
    try:
        yield gateway
    finally:
        gateway.stop()


def connect(shop: ShopConfig, database: Database) -> Shop:
    """Return the engine of a configured shop."""
    if shop.engine == "sandbox":
        assert shop.url is not None
        return SandboxShop(shop.url, ShopId(shop.id), clock=database.clock.now)

    assert shop.folder is not None
    with database.write() as connection:
        anchor = shop_rows.anchor(connection, ShopId(shop.id), database.clock.now())
    weights = {Status(status): weight for status, weight in shop.weights.items()}
    return open_history(
        Path(shop.folder), ShopId(shop.id), anchor, label=shop.label, weights=weights
    )


def _stop_with_parent(server: uvicorn.Server) -> None:
    with contextlib.suppress(OSError, ValueError):
        while os.read(sys.stdin.fileno(), 1024):
            pass
    server.should_exit = True


def _log_without_customer_data() -> None:
    # httpx logs whole addresses with their query at INFO; references belong into no log.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
