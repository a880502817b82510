"""Bring up Vendure with SQLite and a Stripe-compatible provider: `dev.py shop vendure up|down`.

Everything comes from the npm registry and PyPI, and is kept in the user's cache folder. The
provider's books live as long as its process, so shop and provider are made anew together; the
seeded database is kept as a template.
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

from tests import stripe_server
from tests.engines.medusa.background import Background, free_port, start
from tests.engines.real import SHOPS, NoShopError
from tests.engines.vendure.seed import seed

APP = Path(__file__).resolve().parent / "app"
ROOT = APP.parents[3]
FOLDER = SHOPS / "vendure"
STATE = FOLDER / "state.json"
_ENVIRONMENT = dict(os.environ)
_INSTALL_S, _POPULATE_S, _READY_S = 900.0, 300.0, 180.0
_PASSWORD = "of-the-tests-alone"
_PARTS = ("shop", "provider")


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
    _stop()
    template, facts = _seeded(app)
    provider_port = free_port()
    provider = _provider(provider_port)
    stripe_url = f"http://127.0.0.1:{provider_port}"
    _say("a new shop, as it was seeded")
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
    _write(STATE, state)
    _say(f"is up at {state['url']} after {time.monotonic() - began:.0f} s")
    return state


def down() -> None:
    """Stop shop and provider; what is installed stays."""
    if _read() is None:
        _say("is not up")
        return
    _stop()
    STATE.unlink(missing_ok=True)
    _say("is down")


def status() -> dict[str, Any] | None:
    """Return the state of the running shop; None when it or a part of it does not run."""
    state = _read()
    if state is None or not all(_process(state, part).alive for part in _PARTS):
        return None
    return state if _answers(f"{state['url']}/health") else None


def _install() -> Path:
    """Return the folder with the shop's packages and our part of it, installing at first use."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NoShopError(f"Vendure needs {program}, which is not on the PATH")
    lock = (APP / "package-lock.json").read_bytes()
    folder = FOLDER / f"app-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not (folder / "node_modules").is_dir():
        _say("installing its packages (about 160 MB, one to three minutes)")
        making = FOLDER / "making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(APP / name, making)
        words = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        _run(words, making, _INSTALL_S, "npm ci", {})
        _say("compiling its SQLite (about a minute)")
        words = ["npm", "rebuild", "better-sqlite3", "--build-from-source"]
        _run(words, making, _INSTALL_S, "compiling better-sqlite3", _headers())
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
    _say("making the database (about half a minute)")
    making = FOLDER / "making.sqlite"
    port = free_port()
    env = {**_environment(port, making, "http://127.0.0.1:9"), "SYNCHRONIZE": "1"}
    _run(["node", "src/populate.js"], app, _POPULATE_S, "making the database", env)
    shop = _vendure(app, port, making, "http://127.0.0.1:9", free_port())
    try:
        facts = seed(f"http://127.0.0.1:{port}", _PASSWORD)
    finally:
        shop.stop()
    for name in ("making.sqlite-wal", "making.sqlite-shm"):
        if (FOLDER / name).exists():
            raise NoShopError(f"the shop did not close its database: {name} is left")
    making.rename(kept)
    _write(told, facts)
    return kept, facts


def _provider(port: int) -> Background:
    words = [sys.executable, "-m", "tests.stripe_server", "--port", str(port)]
    log = FOLDER / "provider.log"
    running = start(words, ROOT, log, _ENVIRONMENT)
    _wait(running, f"http://127.0.0.1:{port}/js.stripe.com/v3/", "the provider", log)
    return running


def _vendure(
    app: Path, port: int, database: Path, stripe_url: str, control_port: int
) -> Background:
    _say("starting Vendure")
    log = FOLDER / "vendure.log"
    env = {**_environment(port, database, stripe_url), "CONTROL_PORT": str(control_port)}
    running = start(["node", "src/index.js"], app, log, env)
    _wait(running, f"http://127.0.0.1:{port}/health", "Vendure", log)
    _wait(running, f"http://127.0.0.1:{control_port}/", "Vendure's control port", log)
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


def _wait(running: Background, url: str, what: str, log: Path) -> None:
    end = time.monotonic() + _READY_S
    while not _answers(url):
        if not running.alive or time.monotonic() > end:
            running.stop()
            said = log.read_text("utf-8", "replace")[-800:]
            raise NoShopError(f"{what} did not start: {said}")
        time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).status_code == 200
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


def _stop() -> None:
    state = _read()
    for part in _PARTS if state is not None else ():
        assert state is not None
        _process(state, part).stop()


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
    print(f"vendure: {text}", file=sys.stderr, flush=True)
