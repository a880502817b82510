"""What is refused of `[[shops]]` before any shop is asked, each in one sentence."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from agent_app.domain.flags import FlagPolicy
from agent_app.engines.history.orders import Status
from agent_app.gateway.shop_secrets import SECRET_PREFIX, variables
from agent_app.gateway.shop_settings import (
    REAL,
    STRIPE_URL,
    ProviderConfig,
    ShopConfig,
    policy_of,
)


def checked(shops: Iterable[ShopConfig], environment: Mapping[str, str]) -> None:
    """Look over what can be told without asking a shop; its keys are not read.

    Raises:
        ValueError: a sentence that names shop, setting and remedy.
    """
    seen: dict[str, str] = {}
    known: dict[str, str] = {}
    for shop in shops:
        if shop.id in seen:
            raise ValueError(f"two shops have the id {shop.id!r}; give each its own")
        seen[shop.id] = shop.id
        for name in variables(shop.id).values():
            other = known.setdefault(name, shop.id)
            if other != shop.id and name in environment:
                raise ValueError(
                    f"the environment's {name} would be for both shops {other!r} and {shop.id!r}; "
                    "use `key_file` or other ids"
                )
        try:
            for fault in _faults(shop):
                raise ValueError(fault)
        except ValueError as error:
            raise ValueError(f"shop {shop.id!r}: {error}") from error
    for name in sorted(environment):
        if name.startswith(SECRET_PREFIX) and name not in known:
            there = ", ".join(sorted(known)) or "none, as there are no [[shops]]"
            raise ValueError(f"the environment's {name} is for no shop; there are {there}")


def _faults(shop: ShopConfig) -> Iterator[str]:
    """Give what is wrong with one shop's settings, gravest first."""
    if not shop.id or not shop.id.isprintable():
        yield "`id` is empty or not printable"
    if not shop.team or shop.team == "*":
        yield f"`team` is a team's name, not {shop.team!r}"
    if shop.timeout_s is not None and not 0 < shop.timeout_s <= 300:
        yield "`timeout_s` is above 0 and at most 300"
    if shop.engine == "history" and not shop.folder:
        yield "`folder` is missing"
    if shop.engine != "history" and not shop.url:
        yield "`url` is missing"
    odd = set(shop.weights) - {status.value for status in Status}
    if odd:
        yield f"no status {', '.join(sorted(odd))} in `weights`"
    policy_of(shop, FlagPolicy())
    yield from _of_real(shop) if shop.is_real else _not_of(shop)


_OF_ENGINES: dict[str, tuple[str, ...]] = {
    "key_file": REAL,
    "username": ("vendure",),
    "password_file": ("vendure",),
    "publishable_key": ("medusa",),
    "ca_file": REAL,
    "captures": REAL,
    "methods": REAL,
    "states": ("vendure",),
    "provider": REAL,
}


def _not_of(shop: ShopConfig) -> Iterator[str]:
    for name, engines in _OF_ENGINES.items():
        if getattr(shop, name) and shop.engine not in engines:
            yield f"`{name}` is for {' and '.join(engines)} only; take it away"


def _of_real(shop: ShopConfig) -> Iterator[str]:
    yield from _not_of(shop)
    yield from _address("url", shop.url or "")
    yield from _file("ca_file", shop.ca_file)
    if shop.folder or shop.weights:
        yield "`folder` and `weights` are for a history only; take them away"
    if shop.engine == "medusa" and not shop.publishable_key:
        yield "`publishable_key` is missing: carts are read and completed with the storefront's key"
    if (shop.username is None) != (shop.password_file is None) and shop.username is None:
        yield "`password_file` needs a `username`"
    if shop.username is not None and shop.key_file is not None:
        yield "`username` and `key_file` are two ways to sign in; take one away"
    if not 0 < shop.history_days <= 3660:
        yield "`history_days` is above 0 and at most 3660"
    if not 0 < shop.processing_s <= 3600:
        yield "`processing_s` is above 0 and at most 3600"
    if shop.provider is not None:
        yield from _of_provider(shop.provider)


def _of_provider(provider: ProviderConfig) -> Iterator[str]:
    if not 0 <= provider.late_window_s <= 30 * 86400.0:
        yield "`provider.late_window_s` is 0 to 30 days"
    if provider.kind == "books":
        if provider.key_file or provider.reference or provider.url != STRIPE_URL:
            yield 'provider.kind = "books" asks no provider: `url`, `key_file` and `reference` go'
        return
    yield from _address("provider.url", provider.url)
    yield from _file("provider.ca_file", provider.ca_file)
    if provider.reference is not None and not re.fullmatch(
        r"[A-Za-z0-9_.-]{1,40}", provider.reference
    ):
        yield "`provider.reference` is a metadata key: letters, digits, - _ . and at most 40"


def _file(name: str, path: str | None) -> Iterator[str]:
    if path is not None and not Path(path).is_file():
        yield f"`{name}` {path}: there is no such file"


def _address(name: str, url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        yield f"`{name}` is no address; write https://HOST"
        return
    if parts.scheme not in {"http", "https"} or not host:
        yield f"`{name}` is no address; write https://HOST"
    elif parts.username is not None or parts.password is not None:
        yield f"`{name}` holds a name or password; keys have files of their own"
    elif parts.query or parts.fragment:
        yield f"`{name}` ends with its path; take away what follows ? or #"
    elif parts.scheme == "http" and not _is_loopback(host):
        yield f"`{name}`: keys travel by https:// only, but for this machine itself"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
