"""The gateway's configuration: a TOML file, and environment variables over it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from agent_app.engines.history.orders import Status


class ConfigError(Exception):
    """The configuration cannot be used; the message says where and what to do."""


class ShopConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One shop. `url` for a shop behind HTTP, `folder` for a history read from CSV files."""

    id: str
    engine: Literal["sandbox", "history"]
    url: str | None = None
    folder: str | None = None
    label: str | None = None
    weights: dict[str, float] = {}
    """For a history that is a sample: how many orders one of a status stands for."""


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that an operator sets. `port` 0 takes any free one."""

    host: str = "127.0.0.1"
    port: int = 8770
    database: str = "gateway.db"
    watch_every_s: float = 2.0
    shops: tuple[ShopConfig, ...] = ()


def load(path: Path | None, environment: Mapping[str, str] = os.environ) -> Config:
    """Return the configuration; relative paths in the file are relative to its folder.

    `AGENT_APP_GATEWAY_HOST`, `_PORT` and `_DATABASE` override the file.

    Raises:
        ConfigError: the file is missing, not TOML, or holds what the gateway does not know.
    """
    values: dict[str, object] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text("utf-8"))
        except OSError as error:
            raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: not valid TOML: {error}.") from error
    for name in ("host", "port", "database"):
        given = environment.get(f"AGENT_APP_GATEWAY_{name.upper()}")
        if given is not None:
            values[name] = int(given) if name == "port" and given.isdecimal() else given
    try:
        config = msgspec.convert(values, Config)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path or 'environment'}: {error}.") from error
    return _absolute(config, path.parent if path else Path.cwd())


def _absolute(config: Config, folder: Path) -> Config:
    seen: set[str] = set()
    for shop in config.shops:
        if shop.id in seen:
            raise ConfigError(f"two shops have the id {shop.id!r}; give each its own.")
        seen.add(shop.id)
        if shop.engine == "sandbox" and not shop.url:
            raise ConfigError(f"shop {shop.id!r}: `url` is missing.")
        odd = set(shop.weights) - {status.value for status in Status}
        if odd:
            raise ConfigError(f"shop {shop.id!r}: no status {', '.join(sorted(odd))} in `weights`.")
        if shop.engine == "history" and not shop.folder:
            raise ConfigError(f"shop {shop.id!r}: `folder` is missing.")
    shops = tuple(
        msgspec.structs.replace(shop, folder=str(folder / shop.folder)) if shop.folder else shop
        for shop in config.shops
    )
    return msgspec.structs.replace(config, database=str(folder / config.database), shops=shops)
