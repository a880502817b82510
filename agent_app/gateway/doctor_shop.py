"""What `doctor` says of one shop: its settings, whether it answers, what its account may not do."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from agent_app.domain.flags import FlagPolicy, FlagRule, Level
from agent_app.domain.order import PaymentMethod
from agent_app.engines.http import tls_context
from agent_app.engines.port import EngineError, Forbidden, Shop
from agent_app.gateway.config import ConfigError
from agent_app.gateway.findings import Finding, Findings
from agent_app.gateway.findings import Level as Grade
from agent_app.gateway.shop_secrets import open_to_others
from agent_app.gateway.shop_settings import ShopConfig
from agent_app.gateway.shops import engine_of

_ASKING_S = 5.0
_CLOCKS_APART_S = 10.0
"""Less is the round trip and the header's whole seconds."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


def look_at_shop(
    shop: ShopConfig,
    clock: Callable[[], datetime] = _utc_now,
    environment: Mapping[str, str] = os.environ,
) -> Findings:
    """Ask the shop, and its provider, as the gateway would; nothing is changed there."""
    about = f"shop {shop.id}"
    yield from _settings(shop, about)
    try:
        engine = engine_of(shop, clock(), environment=environment)
    except ConfigError as error:
        yield Finding(Grade.FAIL, about, str(error))
        return
    except Exception as error:  # noqa: BLE001 - whatever a connector cannot read
        yield Finding(Grade.FAIL, about, f"cannot be opened ({type(error).__name__}: {error})")
        return
    with closing(engine):
        yield from _thresholds(shop, engine.flag_policy, about)
        yield from _answers(engine, about)
    if shop.is_real:
        yield from _clocks(shop, about, clock)


def _settings(shop: ShopConfig, about: str) -> Findings:
    for path in open_to_others(shop):
        told = f"{path} can be read by other users of this machine; chmod 600 it, then a new key"
        yield Finding(Grade.WARN, about, told)
    if not shop.is_real:
        return
    if shop.provider is None:
        told = (
            "no [shops.provider]: what happened to the money is not known, and every money action "
            'stays locked; name the provider, or kind = "books" (docs/connect-a-shop.md)'
        )
        yield Finding(Grade.WARN, about, told)
    elif shop.provider.kind == "books":
        told = (
            "the shop's own payment rows are taken for the provider's word: a payout that the shop "
            "does not know of stays unseen"
        )
        yield Finding(Grade.WARN, about, told)


def _thresholds(shop: ShopConfig, policy: FlagPolicy, about: str) -> Findings:
    for name in sorted(shop.flags):
        threshold = policy.threshold(FlagRule(name), PaymentMethod.UNKNOWN)
        steps = [
            f"{level.name.lower()} after {at:g} s"
            for level in Level
            if (at := threshold.at(level)) is not None
        ]
        yield Finding(Grade.OK, about, f"{name}: {', '.join(steps)}")


def _answers(engine: Shop, about: str) -> Findings:
    try:
        engine.changes(None, 1)
    except Forbidden as error:
        told = f"refuses our account ({error}); see its key and what it may do"
        yield Finding(Grade.FAIL, about, told)
        return
    except EngineError as error:
        told = (
            f"does not answer ({type(error).__name__}: {error}); see its address and that it runs"
        )
        yield Finding(Grade.FAIL, about, told)
        return
    label = engine.capabilities.label
    problems = engine.problems()
    for problem in problems:
        yield Finding(Grade.WARN, about, problem)
    if not problems:
        yield Finding(Grade.OK, about, f"answers as {label!r}")


def _clocks(shop: ShopConfig, about: str, clock: Callable[[], datetime]) -> Findings:
    """Compare clocks by HTTP's Date header (RFC 9110 6.6.1): late windows are counted by both."""
    asked = [("the shop", shop.url, shop.ca_file, shop.proxy)]
    if shop.provider is not None and shop.provider.kind == "stripe":
        provider = shop.provider
        asked.append(("the provider", provider.url, provider.ca_file, provider.proxy))
    for who, url, ca_file, proxy in asked:
        away_s = _seconds_away(url or "", ca_file, proxy, clock)
        if away_s is None:
            yield Finding(Grade.OK, about, f"{who}'s clock cannot be seen")
        elif abs(away_s) > _CLOCKS_APART_S:
            way = "ahead of" if away_s > 0 else "behind"
            told = f"{who}'s clock is {abs(away_s):.0f} s {way} ours; set both by NTP"
            yield Finding(Grade.WARN, about, told)
        else:
            yield Finding(Grade.OK, about, f"{who}'s clock is ours")


def _seconds_away(
    url: str, ca_file: str | None, proxy: bool, clock: Callable[[], datetime]
) -> float | None:
    try:
        context = tls_context(ca_file) if url.startswith("https:") else False
        answer = httpx.get(url, timeout=_ASKING_S, trust_env=proxy, verify=context)
        there = parsedate_to_datetime(answer.headers["Date"])
    except (httpx.HTTPError, OSError, KeyError, ValueError):
        return None
    return (there - clock()).total_seconds()
