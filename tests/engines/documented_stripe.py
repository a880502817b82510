"""A real HTTP server that answers as Stripe documents it, and the documents it answers with.

It has what localstripe lacks. Every request that reached it is kept.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

NOW = 1_795_000_000
Params = list[tuple[str, str]]
Answer = tuple[int, object]


class Documented:
    """A server at which `answers` gives, per path, what it says to the query."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[Params], Answer]] = {}
        self.asked: list[tuple[str, str, Params]] = []
        self.headers: list[dict[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                split = urlsplit(self.path)
                params = parse_qsl(split.query, keep_blank_values=True)
                outer.asked.append((self.command, split.path, params))
                outer.headers.append(dict(self.headers))
                status, body = outer.answers.get(split.path, _missing)(params)
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                if status == 429:
                    self.send_header("Retry-After", "7")
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET  # noqa: N815 - the server calls it

            def log_message(self, *said: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def says(self, path: str, body: object, status: int = 200) -> None:
        self.answers[path] = lambda _: (status, body)

    def has(self, intent: dict[str, Any], *refunds: dict[str, Any]) -> str:
        """Put a payment intent and its refunds there."""
        self.says(f"/v1/payment_intents/{intent['id']}", intent)
        self.says("/v1/refunds", listed(*refunds))
        return str(intent["id"])

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _missing(_: Params) -> Answer:
    error = {"type": "invalid_request_error", "code": "resource_missing", "message": "No such"}
    return 404, {"error": error}


def listed(*entries: object, more: bool = False) -> dict[str, object]:
    return {"object": "list", "data": list(entries), "has_more": more}


def charge(**words: Any) -> dict[str, Any]:
    return {
        "id": "ch_1", "object": "charge", "created": NOW, "amount": 4_200, "amount_captured": 4_200,
        "status": "succeeded", "captured": True, "disputed": False, "payment_intent": "pi_1",
        "billing_details": {"email": None}, "refunded": False,
    } | words  # fmt: skip


def intent(**words: Any) -> dict[str, Any]:
    return {
        "id": "pi_1", "object": "payment_intent", "created": NOW - 30, "amount": 4_200,
        "amount_received": 4_200, "currency": "eur", "status": "succeeded", "livemode": True,
        "capture_method": "automatic_async", "latest_charge": charge(), "customer": None,
        "metadata": {"orderCode": "A"}, "receipt_email": None, "last_payment_error": None,
        "canceled_at": None,
    } | words  # fmt: skip


def refund(**words: Any) -> dict[str, Any]:
    return {
        "id": "re_1", "object": "refund", "created": NOW + 60, "amount": 1_000, "currency": "eur",
        "status": "succeeded", "reason": None, "charge": "ch_1", "payment_intent": "pi_1",
        "metadata": {},
    } | words  # fmt: skip
