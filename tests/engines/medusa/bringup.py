"""Bring up Medusa with PostgreSQL and a Stripe-compatible provider: `dev.py shop medusa up|down`.

Everything comes from the npm registry, PyPI and Debian's packages, and is kept in the user's cache
folder. The provider's books live as long as its process, so shop and provider are made anew
together; the seeded database is kept as a template.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
import msgspec

from tests.engines.medusa import cluster
from tests.engines.medusa.background import Background, free_port, start
from tests.engines.medusa.seed import Seeder
from tests.engines.real import SHOPS, NoShopError

APP = Path(__file__).resolve().parent / "app"
ROOT = APP.parents[3]
FOLDER = SHOPS / "medusa"
STATE = FOLDER / "state.json"
_ENVIRONMENT = dict(os.environ)
_INSTALL_S, _MIGRATE_S, _READY_S = 900.0, 300.0, 180.0
_ADMIN, _PASSWORD = "admin@example.test", "of-the-tests-alone"
_PROVIDER_KEY = "sk_test_of_the_tests"
_PARTS = ("shop", "provider", "postgres")


def up(fresh: bool = False) -> dict[str, Any]:
    """Bring the shop up and return its state; one that runs is left as it is.

    `fresh`: with a new database and new books of the provider, whatever runs.

    Raises:
        NoShopError: it cannot be run here; says why.
    """
    state = status()
    if state is not None and not fresh:
        _say(f"is up at {state['url']}")
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
    _say("a new shop, as it was seeded")
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
    _write(STATE, state)
    _say(f"is up at {state['url']} after {time.monotonic() - began:.0f} s")
    return state


def down() -> None:
    """Stop shop, provider and PostgreSQL; what is installed stays."""
    state = _read()
    if state is None:
        _say("is not up")
        return
    _stop(*_PARTS)
    STATE.unlink(missing_ok=True)
    _say("is down")


def status() -> dict[str, Any] | None:
    """Return the state of the running shop; None when it or a part of it does not run."""
    state = _read()
    if state is None or not all(_process(state, part).alive for part in _PARTS):
        return None
    return state if _healthy(state["url"]) else None


def _install() -> Path:
    """Return the folder with the shop's packages and our part of it, installing at first use."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NoShopError(f"Medusa needs {program}, which is not on the PATH")
    lock = (APP / "package-lock.json").read_bytes()
    folder = FOLDER / f"app-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not (folder / "node_modules").is_dir():
        _say("installing its packages (about 720 MB, one to five minutes)")
        making = FOLDER / "making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(APP / name, making)
        # Not `npm ci`: it demands lock entries of the optional packages of every platform, and a
        # registry that lacks some leaves them out of the lock. What is locked is installed so.
        words = ["npm", "install", "--ignore-scripts", "--legacy-peer-deps"]
        _run([*words, "--no-audit", "--no-fund"], making, _INSTALL_S, "npm install", {})
        shutil.rmtree(folder, ignore_errors=True)
        making.rename(folder)
    shutil.rmtree(folder / "src", ignore_errors=True)
    shutil.copytree(APP / "src", folder / "src")
    shutil.copy(APP / "medusa-config.js", folder)
    return folder


def _postgres(server: cluster.Cluster) -> tuple[Background, int]:
    state = _read()
    if state is not None and (running := _process(state, "postgres")).alive:
        return running, int(state["postgres_port"])
    _say("starting PostgreSQL")
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
    _say("making the database (about a minute)")
    making = "making"
    cluster.create(port, making)
    env = _environment(cluster.address(port, making, "postgres"), "http://127.0.0.1:9")
    cli = ["node", "node_modules/@medusajs/cli/cli.js"]
    migrate = [*cli, "db:migrate", "--execute-all-links"]
    _run(migrate, app, _MIGRATE_S, "the migration", env)
    _run([*cli, "user", "-e", _ADMIN, "-p", _PASSWORD], app, _MIGRATE_S, "making a user", env)
    shop_port = free_port()
    database = cluster.address(port, making, "postgres")
    shop = _medusa(app, shop_port, database, "http://127.0.0.1:9")
    try:
        facts = Seeder(f"http://127.0.0.1:{shop_port}", _ADMIN, _PASSWORD).seed()
    finally:
        shop.stop()
    cluster.drop(port, name)
    cluster.rename(port, making, name)
    _write(kept, facts)
    return name, facts


def _provider(port: int) -> Background:
    words = [sys.executable, "-m", "tests.stripe_server", "--port", str(port)]
    log = FOLDER / "provider.log"
    running = start(words, ROOT, log, _ENVIRONMENT)
    _wait(running, f"http://127.0.0.1:{port}/js.stripe.com/v3/", "the provider", log)
    return running


def _medusa(app: Path, port: int, database: str, stripe_url: str) -> Background:
    _say("starting Medusa")
    words = [
        "node", "node_modules/@medusajs/cli/cli.js", "start",
        "--host", "127.0.0.1", "--port", str(port),
    ]  # fmt: skip
    log = FOLDER / "medusa.log"
    running = start(words, app, log, _environment(database, stripe_url))
    _wait(running, f"http://127.0.0.1:{port}/health", "Medusa", log)
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


def _wait(running: Background, url: str, what: str, log: Path) -> None:
    end = time.monotonic() + _READY_S
    while not _answers(url):
        if not running.alive or time.monotonic() > end:
            running.stop()
            said = log.read_text("utf-8", "replace")[-800:]
            raise NoShopError(f"{what} did not start: {said}")
        time.sleep(0.2)


def _healthy(url: str) -> bool:
    return _answers(f"{url}/health")


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=20, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _run(
    words: list[str], folder: Path, patience_s: float, what: str, env: Mapping[str, str]
) -> None:
    try:
        done = subprocess.run(
            words, cwd=folder, env=env or _ENVIRONMENT, capture_output=True, text=True,
            timeout=patience_s, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise NoShopError(f"{what} did not end within {patience_s:g} s") from error
    if done.returncode != 0:
        raise NoShopError(f"{what} failed: {(done.stderr or done.stdout).strip()[-800:]}")


def _forget_shops(port: int) -> None:
    state = _read()
    if state is not None:
        cluster.drop(port, str(state["database"]).rpartition("/")[2])


def _stop(*parts: str) -> None:
    state = _read()
    if state is None:
        return
    for part in parts:
        running = _process(state, part)
        if part == "postgres":
            cluster.stop(running)
        else:
            running.stop()


def _process(state: Mapping[str, Any], part: str) -> Background:
    return Background(**state["processes"][part])


def _read() -> dict[str, Any] | None:
    try:
        state: dict[str, Any] = msgspec.json.decode(STATE.read_bytes())
    except (OSError, msgspec.DecodeError):
        return None
    return state


def _write(path: Path, what: Mapping[str, Any]) -> None:
    # It holds keys of the shop: for its user alone.
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(what), indent=1))


def _say(text: str) -> None:
    print(f"medusa: {text}", file=sys.stderr, flush=True)
