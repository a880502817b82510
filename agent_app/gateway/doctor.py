"""Looks a gateway over from outside and says what is wrong and what to do; changes nothing.

It can be run while the gateway serves, and also when it does not start.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import httpx
import psycopg
import sqlalchemy as sa

from agent_app.gateway.config import Config, is_postgresql
from agent_app.gateway.doctor_database import look_at_content, look_at_server
from agent_app.gateway.doctor_shop import look_at_shop
from agent_app.gateway.findings import Finding, Findings, Level
from agent_app.gateway.notice_settings import senders_of
from agent_app.gateway.shop_secrets import is_open
from agent_app.gateway.signin.provider import Provider
from agent_app.gateway.store.database import newest_revision
from agent_app.gateway.store.unusable import DatabaseUnusable

_LITTLE_ROOM = 1 << 30
_NO_ROOM = 100 << 20
_ASKING_S = 5.0
_ALL_ADDRESSES = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104
_LOOPBACK = ("127.", "localhost", "::1")


def examine(config: Config) -> Findings:
    """Look at everything in turn; a failure of one look does not end the others."""
    yield from _configuration(config)
    yield from _disk(config)
    revision: list[str | None] = []
    yield from _guarded("database", lambda: look_at_server(config, revision))
    newest = newest_revision()
    if revision and revision[0] == newest:
        yield Finding(Level.OK, "migrations", f"up to date ({newest})")
        yield from _guarded("database", lambda: look_at_content(config))
    elif revision:
        told = f"at {revision[0]}, this program needs {newest}; run `migrate` with the gateway's "
        yield Finding(Level.FAIL, "migrations", told + "newest program, after a backup")
    for shop in config.shops:
        yield from _guarded(f"shop {shop.id}", partial(look_at_shop, shop))
    yield from _guarded("messages", partial(_messages, config))
    yield from _guarded("time", _time)
    yield from _guarded("sign-in", partial(_sign_in, config))
    yield from _guarded("gateway", partial(_gateway, config))


def _guarded(about: str, look: Callable[[], Findings]) -> Findings:
    try:
        yield from look()
    except DatabaseUnusable as error:
        yield Finding(Level.FAIL, about, str(error))
    except (OSError, sa.exc.SQLAlchemyError, psycopg.Error, sqlite3.Error) as error:
        told = f"could not be looked at ({type(error).__name__}); see that it runs and may be read"
        yield Finding(Level.FAIL, about, told)


def _configuration(config: Config) -> Findings:
    yield Finding(Level.OK, "configuration", f"read; database {config.shown_database}")
    is_here = config.host.startswith(_LOOPBACK)
    if not is_here:
        told = f"listens on {config.host} without TLS; put a TLS proxy before it, or use 127.0.0.1"
        yield Finding(Level.WARN, "configuration", told)
    if config.metrics == "open" and not is_here:
        told = 'figures are open to the network; set metrics = "token"'
        yield Finding(Level.WARN, "configuration", told)
    if not config.shops:
        yield Finding(Level.WARN, "configuration", "no [[shops]]: nothing will be found")
    if config.anchors is None:
        told = "no anchors: set audit.anchors to a file on another disk, or a cut log goes unseen"
        yield Finding(Level.WARN, "configuration", told)


def _disk(config: Config) -> Findings:
    places = {config.anchors.parent} if config.anchors else set()
    if not is_postgresql(config.database):
        places.add(Path(config.database).parent)
    for place in sorted(places):
        if not place.is_dir():
            yield Finding(Level.FAIL, "disk", f"{place}: there is no such folder; make it")
            continue
        free = shutil.disk_usage(place).free
        told = f"{place}: {free / (1 << 30):.1f} GB free"
        if free < _LITTLE_ROOM:
            level = Level.FAIL if free < _NO_ROOM else Level.WARN
            yield Finding(level, "disk", f"{told}; make room, a full disk stops every change")
        else:
            yield Finding(Level.OK, "disk", told)


def _time() -> Findings:
    program = shutil.which("timedatectl")
    told = "whether this machine's clock is set by NTP cannot be seen here"
    if program is not None:
        words = [program, "show", "--property=NTPSynchronized", "--value"]
        said = subprocess.run(words, capture_output=True, text=True, timeout=5, check=False)
        if said.stdout.strip() == "no":
            told = "this machine's clock is not set by NTP; turn it on (timedatectl set-ntp true)"
            yield Finding(Level.WARN, "time", told)
            return
        if said.stdout.strip() == "yes":
            told = "this machine's clock is set by NTP"
    yield Finding(Level.OK, "time", told)


def _messages(config: Config) -> Findings:
    if config.mail is None and config.sms is None:
        told = "no [mail] and no [sms]: only shops that send messages themselves can notify"
        yield Finding(Level.OK, "messages", told)
        return
    try:
        senders = senders_of(config.mail, config.sms)
    except ValueError as error:
        yield Finding(Level.FAIL, "messages", f"{error}.")
        return
    password = config.mail.password_file if config.mail is not None else None
    sms = config.sms
    secret = (sms.secret_file, sms.previous_secret_file) if sms is not None else ()
    for path in filter(None, (password, *secret)):
        if is_open(Path(path)):
            told = f"{path} can be read by other users of this machine; chmod 600 it"
            yield Finding(Level.WARN, "messages", told)
    for sender in senders:
        problems = sender.problems()
        for problem in problems:
            yield Finding(Level.FAIL, "messages", problem)
        if not problems:
            told = f"{sender.channel}: connected, nothing sent; `notify-test` sends a message"
            yield Finding(Level.OK, "messages", told)


def _sign_in(config: Config) -> Findings:
    if config.oidc is None:
        yield Finding(Level.OK, "sign-in", "by this gateway's own tokens")
        return
    with closing(Provider(config.oidc)) as provider:
        try:
            provider.fetched()
            keys = provider.keys()
        except Exception as error:  # noqa: BLE001 - whatever the provider answers
            told = f"{config.oidc.issuer} cannot be used ({type(error).__name__}: {error})"
            yield Finding(Level.FAIL, "sign-in", told)
            return
    yield Finding(Level.OK, "sign-in", f"{config.oidc.issuer} answers, with {len(keys)} keys")


def _gateway(config: Config) -> Findings:
    host = _ALL_ADDRESSES.get(config.host, config.host)
    host = f"[{host}]" if ":" in host else host
    address = f"http://{host}:{config.port}"
    try:
        answer = httpx.get(f"{address}/v1/ready", timeout=_ASKING_S, trust_env=False)
    except httpx.HTTPError:
        yield Finding(Level.WARN, "gateway", f"none answers on {address}; start it with `serve`")
        return
    if answer.status_code == 200:
        yield Finding(Level.OK, "gateway", f"{address} is ready")
    else:
        yield Finding(Level.FAIL, "gateway", f"{address} is not ready: {answer.text[:200]}")
