"""Bring up Medusa with PostgreSQL and a Stripe-compatible provider: `dev.py shop medusa up|down`.

Everything comes from the npm registry, PyPI and Debian's packages, and is kept in the user's cache
folder. The provider's books live as long as its process, so shop and provider are made anew
together; the seeded database is kept as a template.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from tests.engines.medusa import cluster
from tests.engines.medusa.seed import Seeder
from tests.engines.real import NoShopError
from tests.engines.real.background import Background, free_port, start
from tests.engines.real.site import Site, answers, run, wait_for

APP = Path(__file__).resolve().parent / "app"
ROOT = APP.parents[3]
_ENVIRONMENT = dict(os.environ)
_INSTALL_S, _MIGRATE_S, _READY_S = 900.0, 300.0, 180.0
_ADMIN, _PASSWORD = "admin@example.test", "of-the-tests-alone"
_PROVIDER_KEY = "sk_test_of_the_tests"
_PARTS = ("shop", "provider", "postgres")
_SITE = Site("medusa", _PARTS)
FOLDER = _SITE.folder


def up(fresh: bool = False) -> dict[str, Any]:
    """Bring the shop up and return its state; one that runs is left as it is.

    `fresh`: with a new database and new books of the provider, whatever runs.

    Raises:
        NoShopError: it cannot be run here; says why.
    """
    state = status()
    if state is not None and not fresh:
        _SITE.say(f"is up at {state['url']}")
        return state
    began = time.monotonic()
    FOLDER.mkdir(parents=True, exist_ok=True)
    app = _install()
    server = cluster.Cluster(FOLDER)
    _stop("shop", "provider")
    postgres, port = _postgres(server)
    template, facts = _seeded(app, port)
    provider_port = free_port()
    provider = _provider(provider_port)
    stripe_url = f"http://127.0.0.1:{provider_port}"
    database = f"shop_{time.time_ns()}"
    _SITE.say("a new shop, as it was seeded")
    _forget_shops(port)
    cluster.create(port, database, template)
    shop_port = free_port()
    shop = _medusa(app, shop_port, cluster.address(port, database, "postgres"), stripe_url)
    state = {
        "name": "medusa",
        "url": f"http://127.0.0.1:{shop_port}",
        "provider_url": stripe_url,
        "provider_key": _PROVIDER_KEY,
        "database": cluster.address(port, database),
        "postgres_port": port,
        **facts,
        "processes": {
            "shop": asdict(shop),
            "provider": asdict(provider),
            "postgres": asdict(postgres),
        },
    }
    _SITE.write(state)
    _SITE.say(f"is up at {state['url']} after {time.monotonic() - began:.0f} s")
    return state


def down() -> None:
    """Stop shop, provider and PostgreSQL; what is installed stays."""
    state = _SITE.read()
    if state is None:
        _SITE.say("is not up")
        return
    _stop(*_PARTS)
    _SITE.forget()
    _SITE.say("is down")


def status() -> dict[str, Any] | None:
    """Return the state of the running shop; None when it or a part of it does not run."""
    state = _SITE.running()
    return state if state is not None and answers(f"{state['url']}/health") else None


def _install() -> Path:
    """Return the folder with the shop's packages and our part of it, installing at first use."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NoShopError(f"Medusa needs {program}, which is not on the PATH")
    lock = (APP / "package-lock.json").read_bytes()
    folder = FOLDER / f"app-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not (folder / "node_modules").is_dir():
        _SITE.say("installing its packages (about 720 MB, one to five minutes)")
        making = FOLDER / "making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(APP / name, making)
        # Not `npm ci`: it demands lock entries of the optional packages of every platform, and a
        # registry that lacks some leaves them out of the lock. What is locked is installed so.
        words = ["npm", "install", "--ignore-scripts", "--legacy-peer-deps"]
        run([*words, "--no-audit", "--no-fund"], making, _INSTALL_S, "npm install", _ENVIRONMENT)
        shutil.rmtree(folder, ignore_errors=True)
        making.rename(folder)
    shutil.rmtree(folder / "src", ignore_errors=True)
    shutil.copytree(APP / "src", folder / "src")
    shutil.copy(APP / "medusa-config.js", folder)
    return folder


def _postgres(server: cluster.Cluster) -> tuple[Background, int]:
    state = _SITE.read()
    if state is not None and (running := _SITE.process(state, "postgres")).alive:
        return running, int(state["postgres_port"])
    _SITE.say("starting PostgreSQL")
    port = free_port()
    return server.run(port, FOLDER / "postgres.log"), port


def _seeded(app: Path, port: int) -> tuple[str, dict[str, Any]]:
    """Return the name of the seeded database and what a customer and operator need to know."""
    made_of = (APP / "package-lock.json").read_bytes() + APP.with_name("seed.py").read_bytes()
    name = f"seeded_{hashlib.sha256(made_of).hexdigest()[:12]}"
    kept = FOLDER / f"{name}.json"
    if kept.is_file() and cluster.has(port, name):
        facts: dict[str, Any] = msgspec.json.decode(kept.read_bytes())
        return name, facts
    _SITE.say("making the database (about a minute)")
    making = "making"
    cluster.create(port, making)
    env = _environment(cluster.address(port, making, "postgres"), "http://127.0.0.1:9")
    cli = ["node", "node_modules/@medusajs/cli/cli.js"]
    migrate = [*cli, "db:migrate", "--execute-all-links"]
    run(migrate, app, _MIGRATE_S, "the migration", env)
    run([*cli, "user", "-e", _ADMIN, "-p", _PASSWORD], app, _MIGRATE_S, "making a user", env)
    shop_port = free_port()
    database = cluster.address(port, making, "postgres")
    shop = _medusa(app, shop_port, database, "http://127.0.0.1:9")
    try:
        facts = Seeder(f"http://127.0.0.1:{shop_port}", _ADMIN, _PASSWORD).seed()
    finally:
        shop.stop()
    cluster.drop(port, name)
    cluster.rename(port, making, name)
    _SITE.write(facts, kept)
    return name, facts


def _provider(port: int) -> Background:
    words = [sys.executable, "-m", "tests.stripe_server", "--port", str(port)]
    log = FOLDER / "provider.log"
    running = start(words, ROOT, log, _ENVIRONMENT)
    wait_for(running, f"http://127.0.0.1:{port}/js.stripe.com/v3/", "the provider", log, _READY_S)
    return running


def _medusa(app: Path, port: int, database: str, stripe_url: str) -> Background:
    _SITE.say("starting Medusa")
    words = [
        "node", "node_modules/@medusajs/cli/cli.js", "start",
        "--host", "127.0.0.1", "--port", str(port),
    ]  # fmt: skip
    log = FOLDER / "medusa.log"
    running = start(words, app, log, _environment(database, stripe_url))
    wait_for(running, f"http://127.0.0.1:{port}/health", "Medusa", log, _READY_S)
    return running


def _environment(database: str, stripe_url: str) -> dict[str, str]:
    return {
        **_ENVIRONMENT,
        "DATABASE_URL": database,
        "STRIPE_URL": stripe_url,
        "STRIPE_KEY": _PROVIDER_KEY,
        "JWT_SECRET": "of-the-tests-alone",
        "COOKIE_SECRET": "of-the-tests-alone",
        "NODE_ENV": "production",
        "NODE_OPTIONS": "--max-old-space-size=1024",
        "LOG_LEVEL": "warn",
        "MEDUSA_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "1",
        "XDG_CONFIG_HOME": str(FOLDER / "config"),
    }


def _forget_shops(port: int) -> None:
    state = _SITE.read()
    if state is not None:
        cluster.drop(port, str(state["database"]).rpartition("/")[2])


def _stop(*parts: str) -> None:
    state = _SITE.read()
    if state is None:
        return
    for part in parts:
        running = _SITE.process(state, part)
        if part == "postgres":
            cluster.stop(running)
        else:
            running.stop()
