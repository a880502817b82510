"""Bring up Vendure with SQLite and a Stripe-compatible provider: `dev.py shop vendure up|down`.

Everything comes from the npm registry and PyPI, and is kept in the user's cache folder. The
provider's books live as long as its process, so shop and provider are made anew together; the
seeded database is kept as a template.
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

from tests import stripe_server
from tests.engines.real import NoShopError
from tests.engines.real.background import Background, free_port, start
from tests.engines.real.site import Site, answers, run, wait_for
from tests.engines.vendure.seed import seed

APP = Path(__file__).resolve().parent / "app"
ROOT = APP.parents[3]
_ENVIRONMENT = dict(os.environ)
_INSTALL_S, _POPULATE_S, _READY_S = 900.0, 300.0, 180.0
_PASSWORD = "of-the-tests-alone"
_PARTS = ("shop", "provider")
_SITE = Site("vendure", _PARTS)
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
    _SITE.stop()
    template, facts = _seeded(app)
    provider_port = free_port()
    provider = _provider(provider_port)
    stripe_url = f"http://127.0.0.1:{provider_port}"
    _SITE.say("a new shop, as it was seeded")
    for old in FOLDER.glob("shop_*.sqlite*"):
        old.unlink()
    database = FOLDER / f"shop_{time.time_ns()}.sqlite"
    shutil.copy(template, database)
    port, control_port = free_port(), free_port()
    shop = _vendure(app, port, database, stripe_url, control_port)
    state = {
        "name": "vendure",
        "url": f"http://127.0.0.1:{port}",
        "control_url": f"http://127.0.0.1:{control_port}",
        "provider_url": stripe_url,
        "provider_key": stripe_server.KEY,
        "database": str(database),
        "root_username": "superadmin",
        "root_password": _PASSWORD,
        **facts,
        "processes": {"shop": asdict(shop), "provider": asdict(provider)},
    }
    _SITE.write(state)
    _SITE.say(f"is up at {state['url']} after {time.monotonic() - began:.0f} s")
    return state


def down() -> None:
    """Stop shop and provider; what is installed stays."""
    _SITE.down()


def status() -> dict[str, Any] | None:
    """Return the state of the running shop; None when it or a part of it does not run."""
    state = _SITE.running()
    return state if state is not None and answers(f"{state['url']}/health") else None


def _install() -> Path:
    """Return the folder with the shop's packages and our part of it, installing at first use."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NoShopError(f"Vendure needs {program}, which is not on the PATH")
    lock = (APP / "package-lock.json").read_bytes()
    folder = FOLDER / f"app-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not (folder / "node_modules").is_dir():
        _SITE.say("installing its packages (about 160 MB, one to three minutes)")
        making = FOLDER / "making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(APP / name, making)
        words = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        run(words, making, _INSTALL_S, "npm ci", _ENVIRONMENT)
        _SITE.say("compiling its SQLite (about a minute)")
        words = ["npm", "rebuild", "better-sqlite3", "--build-from-source"]
        run(words, making, _INSTALL_S, "compiling better-sqlite3", _headers())
        shutil.rmtree(folder, ignore_errors=True)
        making.rename(folder)
    shutil.rmtree(folder / "src", ignore_errors=True)
    shutil.copytree(APP / "src", folder / "src")
    return folder


def _headers() -> dict[str, str]:
    """Let the compiler take Node's headers where they are installed, instead of fetching them."""
    node = shutil.which("node")
    assert node is not None
    prefix = Path(node).resolve().parents[1]
    known = (prefix / "include" / "node" / "node.h").is_file()
    return {**_ENVIRONMENT, **({"npm_config_nodedir": str(prefix)} if known else {})}


def _seeded(app: Path) -> tuple[Path, dict[str, Any]]:
    """Return the seeded database and what a customer and an operator need to know."""
    sources = [*sorted((app / "src").iterdir()), APP.with_name("seed.py")]
    made_of = b"".join(path.read_bytes() for path in (APP / "package-lock.json", *sources))
    kept = FOLDER / f"seeded_{hashlib.sha256(made_of).hexdigest()[:12]}.sqlite"
    told = kept.with_suffix(".json")
    if kept.is_file() and told.is_file():
        facts: dict[str, Any] = msgspec.json.decode(told.read_bytes())
        return kept, facts
    for old in (*FOLDER.glob("seeded_*"), *FOLDER.glob("making.sqlite*")):
        old.unlink()
    _SITE.say("making the database (about half a minute)")
    making = FOLDER / "making.sqlite"
    port = free_port()
    env = {**_environment(port, making, "http://127.0.0.1:9"), "SYNCHRONIZE": "1"}
    run(["node", "src/populate.js"], app, _POPULATE_S, "making the database", env)
    shop = _vendure(app, port, making, "http://127.0.0.1:9", free_port())
    try:
        facts = seed(f"http://127.0.0.1:{port}", _PASSWORD)
    finally:
        shop.stop()
    for name in ("making.sqlite-wal", "making.sqlite-shm"):
        if (FOLDER / name).exists():
            raise NoShopError(f"the shop did not close its database: {name} is left")
    making.rename(kept)
    _SITE.write(facts, told)
    return kept, facts


def _provider(port: int) -> Background:
    words = [sys.executable, "-m", "tests.stripe_server", "--port", str(port)]
    log = FOLDER / "provider.log"
    running = start(words, ROOT, log, _ENVIRONMENT)
    wait_for(running, f"http://127.0.0.1:{port}/js.stripe.com/v3/", "the provider", log, _READY_S)
    return running


def _vendure(
    app: Path, port: int, database: Path, stripe_url: str, control_port: int
) -> Background:
    _SITE.say("starting Vendure")
    log = FOLDER / "vendure.log"
    env = {**_environment(port, database, stripe_url), "CONTROL_PORT": str(control_port)}
    running = start(["node", "src/index.js"], app, log, env)
    wait_for(running, f"http://127.0.0.1:{port}/health", "Vendure", log, _READY_S)
    wait_for(running, f"http://127.0.0.1:{control_port}/", "Vendure's control port", log, _READY_S)
    return running


def _environment(port: int, database: Path, stripe_url: str) -> dict[str, str]:
    return {
        **_ENVIRONMENT,
        "SHOP_PORT": str(port),
        "DATABASE": str(database),
        "STRIPE_URL": stripe_url,
        "STRIPE_KEY": stripe_server.KEY,
        "ADMIN_PASSWORD": _PASSWORD,
        "COOKIE_SECRET": "of-the-tests-alone",
        "NODE_ENV": "production",
        "NODE_OPTIONS": "--max-old-space-size=1024",
        "VENDURE_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "1",
    }
