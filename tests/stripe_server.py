"""A payment provider for tests: localstripe, an independent server that speaks Stripe's API.

It runs as a process of its own on loopback: `stripe()` for the length of a `with` block, or
`python -m tests.stripe_server --port N` beside a shop under test. Its refunds are the ledger: it
neither caps nor dedupes them, so a double payout shows.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

KEY = "sk_test_of_the_tests_alone"
GOOD = "4242424242424242"
DECLINED = "4000000000000341"
"""Can be kept by a customer, and is declined when it is charged."""
ASKS = "4000002500003155"
"""Asks the customer first (3-D Secure), then is good."""
ASKS_AND_DECLINED = "4000008400001629"


class StripeServer:
    """One running provider, and what a customer or an operator does there. Safe from threads."""

    def __init__(self, base_url: str, key: str = KEY) -> None:
        self.base_url, self.key = base_url, key
        self._http = httpx.Client(
            base_url=base_url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=30.0,
            trust_env=False,
            verify=False,
        )

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **params: str) -> Any:
        """Return the answer's JSON; a refusal raises `httpx.HTTPStatusError`."""
        return self._http.get(path, params=params).raise_for_status().json()

    def post(self, path: str, fields: Mapping[str, str]) -> Any:
        """Send a form and return the answer's JSON; a refusal raises `httpx.HTTPStatusError`."""
        return self._http.post(path, data=dict(fields)).raise_for_status().json()

    def all(self, path: str, **params: str) -> list[Any]:
        """Return a list to its end."""
        found: list[Any] = []
        page = self.get(path, limit="100", **params)
        while True:
            found += page["data"]
            if not page["has_more"]:
                return found
            page = self.get(path, limit="100", starting_after=found[-1]["id"], **params)

    def customer(self, email: str, name: str = "Ann Ode") -> str:
        return str(self.post("/v1/customers", {"email": email, "name": name})["id"])

    def card(self, customer: str, number: str = GOOD) -> str:
        """Return a payment method that the customer keeps."""
        fields = {"number": number, "exp_month": "12", "exp_year": "2030", "cvc": "123"}
        method = self.post(
            "/v1/payment_methods",
            {"type": "card"} | {f"card[{name}]": value for name, value in fields.items()},
        )
        self.post(f"/v1/payment_methods/{method['id']}/attach", {"customer": customer})
        return str(method["id"])

    def intend(
        self,
        amount_minor: int = 4_200,
        currency: str = "eur",
        *,
        email: str = "ann@shop.example",
        number: str | None = GOOD,
        manual: bool = False,
        metadata: Mapping[str, str] | None = None,
    ) -> str:
        """Make a payment intent and return its id; nothing is charged yet."""
        fields = {"amount": str(amount_minor), "currency": currency}
        customer = self.customer(email)
        fields["customer"] = customer
        if number is not None:
            fields["payment_method"] = self.card(customer, number)
        if manual:
            fields["capture_method"] = "manual"
        fields |= {f"metadata[{name}]": value for name, value in (metadata or {}).items()}
        return str(self.post("/v1/payment_intents", fields)["id"])

    def confirm(self, intent: str) -> bool:
        """Charge it; False: the card was declined."""
        answer = self._http.post(f"/v1/payment_intents/{intent}/confirm")
        if answer.status_code == 402:
            return False
        answer.raise_for_status()
        return True

    def pay(
        self,
        amount_minor: int = 4_200,
        currency: str = "eur",
        *,
        email: str = "ann@shop.example",
        number: str = GOOD,
        manual: bool = False,
        metadata: Mapping[str, str] | None = None,
    ) -> str:
        """Make a payment intent, try to charge it, and return its id."""
        intent = self.intend(
            amount_minor, currency, email=email, number=number, manual=manual, metadata=metadata
        )
        self.confirm(intent)
        return intent

    def authenticate(self, intent: str, *, success: bool) -> None:
        """Let the customer answer his bank."""
        secret = self.get(f"/v1/payment_intents/{intent}")["client_secret"]
        fields = {"client_secret": secret, "success": str(success).lower()}
        answer = self._http.post(f"/v1/payment_intents/{intent}/_authenticate", data=fields)
        if answer.status_code != 402:
            answer.raise_for_status()

    def capture(self, intent: str, amount_minor: int | None = None) -> None:
        fields = {} if amount_minor is None else {"amount_to_capture": str(amount_minor)}
        self.post(f"/v1/payment_intents/{intent}/capture", fields)

    def cancel(self, intent: str) -> None:
        self.post(f"/v1/payment_intents/{intent}/cancel", {})

    def refund(
        self,
        intent: str,
        amount_minor: int | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> str:
        """Pay back, as the provider's dashboard does, and return the refund's id."""
        fields = {"payment_intent": intent}
        if amount_minor is not None:
            fields["amount"] = str(amount_minor)
        fields |= {f"metadata[{name}]": value for name, value in (metadata or {}).items()}
        return str(self.post("/v1/refunds", fields)["id"])

    def refunds(self, intent: str | None = None) -> list[Any]:
        """Return the provider's refunds, all of them or one payment's: the ledger."""
        if intent is None:
            return self.all("/v1/refunds")
        return self.all("/v1/refunds", payment_intent=intent)

    def intents(self) -> list[Any]:
        return self.all("/v1/payment_intents")


@contextlib.contextmanager
def stripe() -> Iterator[StripeServer]:
    """Run a provider without any payments for the length of a `with` block."""
    # Not needed to be the server itself.
    from tests.processes import Program

    program = Program("tests.stripe_server", "--with-parent", ready="stripe ")
    server = StripeServer(program.ready.removeprefix("stripe ").strip())
    try:
        yield server
    finally:
        server.close()
        program.stop()


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; print `stripe http://127.0.0.1:PORT` when ready."""
    parser = argparse.ArgumentParser(prog="tests.stripe_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--with-parent", action="store_true", help="end when stdin closes")
    options = parser.parse_args(arguments)
    web: Any = importlib.import_module("aiohttp.web")
    server: Any = importlib.import_module("localstripe.server")
    # It would write all of its books into one fixed file at every change: slow, and two servers
    # would share it. They are kept in memory, and each server begins from nothing.
    type(server.store).dump_to_disk = _keep_in_memory
    if options.with_parent:
        threading.Thread(target=_follow_parent, daemon=True).start()
    listening = socket.create_server(("127.0.0.1", options.port))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    web.run_app(
        server.app,
        sock=listening,
        access_log=None,
        print=lambda *_: print(f"stripe {address}", flush=True),
    )
    return 0


def _keep_in_memory(_store: object) -> None:
    pass


def _follow_parent() -> None:
    # os.read, because a thread inside sys.stdin's lock stops the interpreter from ending.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
