"""What the shop under test sells, put in over its own Admin API once.

Amounts are major units. One variant (`scarce`) has little stock, so that it can be sold out.
"""

from __future__ import annotations

from typing import Any

import httpx

COUNTRIES = ("dk", "de", "fr")
PROVIDER = "pp_stripe_test"


class Seeder:
    """An administrator who sets a new shop up."""

    def __init__(self, url: str, email: str, password: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=60, trust_env=False)
        said = self._http.post("/auth/user/emailpass", json={"email": email, "password": password})
        said.raise_for_status()
        self._http.headers["Authorization"] = f"Bearer {said.json()['token']}"

    def seed(self) -> dict[str, Any]:
        """Set the shop up; return the ids and keys that a customer and an operator need."""
        store = self._get("/admin/stores")["stores"][0]
        channels = self._get("/admin/sales-channels")["sales_channels"]
        channel = channels[0] if channels else self._channel()
        self._post(
            f"/admin/stores/{store['id']}",
            supported_currencies=[{"currency_code": "eur", "is_default": True}],
            default_sales_channel_id=channel["id"],
        )
        region = self._post(
            "/admin/regions",
            name="Europe",
            currency_code="eur",
            countries=list(COUNTRIES),
            payment_providers=[PROVIDER],
        )["region"]
        for country in COUNTRIES:
            self._post("/admin/tax-regions", country_code=country, provider_id="tp_system")
        place, option, profile = self._shipping(region["id"], channel["id"])
        variants = self._product(profile, channel["id"], place)
        public = self._post("/admin/api-keys", title="Webshop", type="publishable")["api_key"]
        self._post(f"/admin/api-keys/{public['id']}/sales-channels", add=[channel["id"]])
        secret = self._post("/admin/api-keys", title="support-agent", type="secret")["api_key"]
        self._http.close()
        return {
            "region_id": region["id"],
            "stock_location_id": place,
            "shipping_option_id": option,
            **variants,
            "publishable_key": public["token"],
            "secret_key": secret["token"],
        }

    def _channel(self) -> dict[str, Any]:
        made = self._post("/admin/sales-channels", name="Default Sales Channel")
        channel: dict[str, Any] = made["sales_channel"]
        return channel

    def _shipping(self, region: str, channel: str) -> tuple[str, str, str]:
        address = {"address_1": "Street 1", "city": "Copenhagen", "country_code": "DK"}
        place = self._post("/admin/stock-locations", name="Warehouse", address=address)
        place_id = str(place["stock_location"]["id"])
        at = f"/admin/stock-locations/{place_id}"
        self._post(f"{at}/sales-channels", add=[channel])
        self._post(f"{at}/fulfillment-providers", add=["manual_manual"])
        self._post(f"{at}/fulfillment-sets", name="Delivery", type="shipping")
        sets = self._get(at, fields="*fulfillment_sets")["stock_location"]["fulfillment_sets"]
        zones = [{"type": "country", "country_code": c} for c in COUNTRIES]
        made = self._post(
            f"/admin/fulfillment-sets/{sets[0]['id']}/service-zones", name="EU", geo_zones=zones
        )
        zone = made["fulfillment_set"]["service_zones"][0]["id"]
        profiles = self._get("/admin/shipping-profiles")["shipping_profiles"]
        if not profiles:
            new = self._post("/admin/shipping-profiles", name="Default", type="default")
            profiles = [new["shipping_profile"]]
        option = self._post(
            "/admin/shipping-options",
            name="Standard",
            price_type="flat",
            provider_id="manual_manual",
            service_zone_id=zone,
            shipping_profile_id=profiles[0]["id"],
            type={"label": "Standard", "description": "2-3 days", "code": "standard"},
            prices=[
                {"currency_code": "eur", "amount": 5},
                {"region_id": region, "amount": 5},
            ],
            rules=[
                {"attribute": "enabled_in_store", "operator": "eq", "value": "true"},
                {"attribute": "is_return", "operator": "eq", "value": "false"},
            ],
        )
        return place_id, str(option["shipping_option"]["id"]), str(profiles[0]["id"])

    def _product(self, profile: str, channel: str, place: str) -> dict[str, Any]:
        prices = {"S": 20, "M": 25.5, "L": 29.99, "Scarce": 45}
        product = self._post(
            "/admin/products",
            title="T-Shirt",
            status="published",
            shipping_profile_id=profile,
            options=[{"title": "Size", "values": list(prices)}],
            sales_channels=[{"id": channel}],
            variants=[
                {
                    "title": size,
                    "sku": f"TS-{size}",
                    "options": {"Size": size},
                    "manage_inventory": True,
                    "prices": [{"currency_code": "eur", "amount": price}],
                }
                for size, price in prices.items()
            ],
        )["product"]
        told = self._get(
            f"/admin/products/{product['id']}", fields="*variants,*variants.inventory_items"
        )
        items = {}
        for variant in told["product"]["variants"]:
            item = variant["inventory_items"][0]["inventory_item_id"]
            self._post(
                f"/admin/inventory-items/{item}/location-levels",
                location_id=place,
                stocked_quantity=1_000_000,
            )
            items[variant["title"]] = (variant["id"], item)
        return {
            "variant_ids": [items[size][0] for size in ("S", "M", "L")],
            "scarce_variant_id": items["Scarce"][0],
            "scarce_inventory_item_id": items["Scarce"][1],
        }

    def _get(self, path: str, **query: str) -> Any:
        answer = self._http.get(path, params=query)
        answer.raise_for_status()
        return answer.json()

    def _post(self, path: str, **body: object) -> Any:
        answer = self._http.post(path, json=body)
        if answer.is_error:
            raise RuntimeError(f"seeding {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json()
