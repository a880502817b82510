"""Who may do what at the shop under test, put in over its own Admin API once."""

from __future__ import annotations

from typing import Any

import httpx

LEAST = ("ReadOrder", "UpdateOrder", "ReadPaymentMethod")
"""What the gateway's account may do: see orders, change them and their payments, see methods."""
_PASSWORD = "of-the-tests-alone"


class Operator:
    """Somebody signed in at the Admin API; a refusal raises with the shop's words."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=90, trust_env=False)
        said = self.ask(
            "mutation($u:String!,$p:String!){login(username:$u,password:$p)"
            "{__typename ...on ErrorResult{errorCode message}}}",
            u=username,
            p=password,
        )
        if said["login"]["__typename"] != "CurrentUser":
            raise RuntimeError(f"{username}: {said['login']}")

    def answer(self, query: str, **variables: object) -> Any:
        """Return the answer as it came, errors included."""
        got = self._http.post("/admin-api", json={"query": query, "variables": variables})
        token = got.headers.get("vendure-auth-token")
        if token:
            self._http.headers["Authorization"] = f"Bearer {token}"
        return got.json()

    def ask(self, query: str, **variables: object) -> Any:
        """Return the answer's data."""
        said = self.answer(query, **variables)
        if said.get("errors"):
            raise RuntimeError(f"{said['errors']}"[:600])
        return said["data"]

    def close(self) -> None:
        self._http.close()


def make_account(
    root: Operator, url: str, name: str, permissions: tuple[str, ...]
) -> dict[str, str]:
    """Make a role with these permissions, an administrator of it, and his API key.

    Making the key takes a permission more, which the role has no longer afterwards.
    """
    role = root.ask(
        "mutation($i:CreateRoleInput!){createRole(input:$i){id}}",
        i={
            "code": name,
            "description": name,
            "permissions": [*permissions, "CreateApiKey"],
            "channelIds": ["1"],
        },
    )["createRole"]["id"]
    username = f"{name}@example.test"
    root.ask(
        "mutation($i:CreateAdministratorInput!){createAdministrator(input:$i){id}}",
        i={
            "firstName": "Support",
            "lastName": "Agent",
            "emailAddress": username,
            "password": _PASSWORD,
            "roleIds": [role],
        },
    )
    own = Operator(url, username, _PASSWORD)
    made = own.ask(
        "mutation($i:CreateApiKeyInput!){createApiKey(input:$i){apiKey}}",
        i={"roleIds": [role], "translations": [{"languageCode": "en", "name": name}]},
    )
    own.close()
    root.ask(
        "mutation($i:UpdateRoleInput!){updateRole(input:$i){id}}",
        i={"id": role, "permissions": list(permissions)},
    )
    return {
        "username": username,
        "password": _PASSWORD,
        "api_key": made["createApiKey"]["apiKey"],
        "role_id": role,
    }


def seed(url: str, password: str) -> dict[str, Any]:
    """Set the shop up; return what a customer, an operator and the gateway need to know."""
    root = Operator(url, "superadmin", password)
    channel = root.ask("{activeChannel{id}}")["activeChannel"]["id"]
    root.ask(
        "mutation($i:UpdateChannelInput!){updateChannel(input:$i)"
        "{__typename ...on ErrorResult{message}}}",
        i={
            "id": channel,
            "availableCurrencyCodes": ["EUR", "USD"],
            "defaultCurrencyCode": "EUR",
            "pricesIncludeTax": True,
        },
    )
    rows = root.ask(
        "{productVariants(options:{take:100}){items{id sku}}"
        " shippingMethods{items{id}} paymentMethods{items{code}}}"
    )
    variants = {v["sku"]: v["id"] for v in rows["productVariants"]["items"]}
    prices = {"LAMP": 2000, "PHONES": 2550, "POT": 2999, "VASE": 4500}
    for sku, price in prices.items():
        root.ask(
            "mutation($i:[UpdateProductVariantInput!]!){updateProductVariants(input:$i){id}}",
            i=[{"id": variants[sku], "prices": [{"currencyCode": "EUR", "price": price}]}],
        )
    account = make_account(root, url, "support-agent", LEAST)
    root.close()
    return {
        **account,
        "variant_ids": [variants[sku] for sku in ("LAMP", "PHONES", "POT")],
        "scarce_variant_id": variants["VASE"],
        "shipping_method_id": rows["shippingMethods"]["items"][0]["id"],
        "payment_methods": [m["code"] for m in rows["paymentMethods"]["items"]],
    }
