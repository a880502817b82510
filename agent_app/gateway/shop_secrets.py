"""What opens a shop and its payment provider: keys and passwords, and where they come from.

A secret never stands in the configuration: it is a file's first line or the environment's, is read
when the shop is connected, and is never part of a setting, an error or a log line.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from agent_app.gateway.shop_settings import ShopConfig

SECRET_PREFIX = "AGENT_APP_GATEWAY_SHOP_"  # noqa: S105 - the beginning of a variable's name


@dataclass(frozen=True, slots=True)
class Secrets:
    """What opens a shop. Never shown: not by repr either."""

    key: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    provider_key: str | None = field(default=None, repr=False)


_NAMES = {"key": "KEY", "password": "PASSWORD", "provider_key": "PROVIDER_KEY"}


def variables(shop: str) -> dict[str, str]:
    """Return the variables of the secrets of the shop with this id, by field of `Secrets`."""
    plain = re.sub(r"[^A-Z0-9]", "_", shop.upper())
    return {name: f"{SECRET_PREFIX}{plain}_{last}" for name, last in _NAMES.items()}


def secrets_of(shop: ShopConfig, environment: Mapping[str, str] = os.environ) -> Secrets:
    """Read a real shop's secrets: the environment's, else the first line of their files.

    Raises:
        ValueError: one that is needed is not given, or its file cannot be read.
    """
    names = variables(shop.id)
    provider = shop.provider
    found = {
        name: _secret(setting, path, names[name], environment)
        for name, setting, path in (
            ("key", "key_file", shop.key_file),
            ("password", "password_file", shop.password_file),
            ("provider_key", "provider.key_file", provider.key_file if provider else None),
        )
    }
    for name, setting in _needed(shop, found):
        raise ValueError(
            f"shop {shop.id!r}: `{setting}` is missing; name a file whose first line it is, or set "
            f"{names[name]}"
        )
    return Secrets(**found)


def _needed(shop: ShopConfig, found: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    if shop.username is not None and found["password"] is None:
        yield "password", "password_file"
    if shop.is_real and shop.username is None and found["key"] is None:
        yield "key", "key_file"
    stripe = shop.provider is not None and shop.provider.kind == "stripe"
    if stripe and found["provider_key"] is None:
        yield "provider_key", "provider.key_file"


def _secret(
    setting: str, path: str | None, variable: str, environment: Mapping[str, str]
) -> str | None:
    said, value = f"the environment's {variable}", environment.get(variable)
    if value is None:
        if path is None:
            return None
        said = f"`{setting}` {path}"
        try:
            value = Path(path).read_text("utf-8").partition("\n")[0]
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "not text"
            raise ValueError(f"{said}: cannot be read ({why})") from error
    value = value.strip()
    if not value or not value.isascii() or not value.isprintable():
        raise ValueError(f"{said}: holds no key; its first line is the key and nothing else")
    return value


def open_to_others(shop: ShopConfig) -> list[str]:
    """Return the secrets' files that other users of this machine may read or change."""
    provider = shop.provider
    paths = (shop.key_file, shop.password_file, provider.key_file if provider else None)
    return [path for path in paths if path is not None and is_open(Path(path))]


def is_open(path: Path) -> bool:
    """Return whether other users of this machine may read or change the file."""
    if os.name != "posix":
        return False
    try:
        return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
    except OSError:
        return False
