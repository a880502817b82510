"""A gateway process on real shops that are up, set as an operator would, with keys in files."""

from __future__ import annotations

import contextlib
import importlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from agent_app.domain.ids import OrderRef
from agent_app.tryout.world import World, serving
from tests.engines.real.trade import Trade

_QUICK = {"F3": (0, 1, 600), "F4": (0, 1, 600), "F5": (0, 1, 600), "F9": (0, 60, 600)}
"""Thresholds of seconds: nobody waits ten minutes for a test."""


@dataclass(frozen=True, slots=True)
class RealShop:
    """What an operator writes of one shop; `keys` are files' names with what is in them."""

    name: str
    table: Mapping[str, object]
    keys: Mapping[str, str]
    provider: Mapping[str, object]
    methods: Mapping[str, str]


def real_shop(name: str, state: Mapping[str, Any]) -> RealShop:
    """Return the settings of a shop that `tests/engines/NAME/bringup.py` brought up."""
    keys = {f"{name}.provider": str(state["provider_key"])}
    provider = {
        "kind": "stripe",
        "url": state["provider_url"],
        "key_file": f"{name}.provider",
        "proxy": False,
    }
    table: dict[str, object] = {
        "id": name,
        "engine": name,
        "url": state["url"],
        "captures": "at_once",
        "proxy": False,
        "processing_s": 3.0,
    }
    methods: dict[str, str] = {}
    if name == "medusa":
        keys[f"{name}.key"] = str(state["secret_key"])
        table |= {"key_file": f"{name}.key", "publishable_key": state["publishable_key"]}
    else:
        keys[f"{name}.key"] = str(state["api_key"])
        table |= {"key_file": f"{name}.key"}
        methods = dict.fromkeys(state["payment_methods"], "card")
    return RealShop(name, table, keys, provider, methods)


def configuration(folder: Path, shops: list[RealShop], more: str = "") -> str:
    """Write the keys' files and return the gateway's TOML; JSON's plain values are TOML's too."""
    lines = ["port = 0", 'database = "gateway.db"', "watch_every_s = 0.5", more]
    for shop in shops:
        for file, key in shop.keys.items():
            (folder / file).touch(mode=0o600)
            (folder / file).write_text(key, "utf-8")
        lines += ["[[shops]]", *_lines(shop.table), "[shops.provider]", *_lines(shop.provider)]
        lines += ["[shops.methods]", *_lines(shop.methods)]
        for rule, (watch_s, flag_s, critical_s) in _QUICK.items():
            lines.append(f"[shops.flags.{rule}]")
            lines += [f"watch_s = {watch_s}", f"flag_s = {flag_s}", f"critical_s = {critical_s}"]
    return "\n".join(lines) + "\n"


def _lines(table: Mapping[str, object]) -> list[str]:
    return [f"{name} = {json.dumps(value)}" for name, value in table.items()]


@contextlib.contextmanager
def gateway_on(folder: Path, shops: list[RealShop], more: str = "") -> Iterator[World]:
    """Run a gateway with people on these shops; `more` is TOML before the shops' tables."""
    with serving(folder, configuration(folder, shops, more)) as world:
        yield world


def trade_of(name: str, state: Mapping[str, Any]) -> Trade:
    """Return the customer, operator and auditor at a shop that is up."""
    kit = importlib.import_module(f"tests.engines.{name}.kit")
    made: Trade = getattr(kit, f"{name.title()}Trade")(state)
    return made


@dataclass(frozen=True, slots=True)
class AtTheShop:
    """An order as the shop's own API tells it to its operator."""

    number: str
    email: str
    is_paid: bool


class Books:
    """A shop's own API, asked without the product."""

    def __init__(self, name: str, state: Mapping[str, Any]) -> None:
        self._name, self._state = name, state
        auth = (str(state["secret_key"]), "") if name == "medusa" else None
        self._http = httpx.Client(base_url=str(state["url"]), auth=auth, trust_env=False)

    def order(self, ref: OrderRef) -> AtTheShop:
        """Return the order that the shop has made.

        Raises:
            LookupError: it has none.
        """
        return self._at_medusa(ref) if self._name == "medusa" else self._at_vendure(ref)

    def close(self) -> None:
        self._http.close()

    def _at_medusa(self, ref: OrderRef) -> AtTheShop:
        fields = "id,display_id,email,payment_status,cart.id"
        said = self._http.get(
            "/admin/orders", params={"limit": 50, "order": "-created_at", "fields": fields}
        )
        for order in said.raise_for_status().json()["orders"]:
            if (order.get("cart") or {}).get("id") == ref:
                paid = order["payment_status"] == "captured"
                return AtTheShop(str(order["display_id"]), order["email"], paid)
        raise LookupError(ref)

    def _at_vendure(self, ref: OrderRef) -> AtTheShop:
        query = (
            "query($c:String!){orders(options:{filter:{code:{eq:$c}}})"
            "{items{code state customer{emailAddress}}}}"
        )
        said = self._http.post(
            "/admin-api",
            json={"query": query, "variables": {"c": ref}},
            headers={"vendure-api-key": str(self._state["api_key"])},
        )
        for order in said.raise_for_status().json()["data"]["orders"]["items"]:
            paid = order["state"] == "PaymentSettled"
            return AtTheShop(order["code"], order["customer"]["emailAddress"], paid)
        raise LookupError(ref)
