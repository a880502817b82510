"""Sending through a company's own receiver by HTTP, for SMS: requests signed as Standard Webhooks.

The receiver checks `webhook-signature`: `v1,` and the base64 of HMAC-SHA256 over
`{webhook-id}.{webhook-timestamp}.{body}`; several, separated by spaces, while a secret is changed.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
import msgspec

from agent_app.engines.bound import Bound
from agent_app.engines.http import tls_context
from agent_app.engines.notices.sender import Channel, Notice
from agent_app.engines.port import OutcomeUnknown, Rejected, Throttled, Unreachable

SECRET_PREFIX = "whsec_"  # noqa: S105 - the convention's mark, no secret
_SHORTEST_SECRET = 24
_RETRY_S = 60.0
_WORDS = 200
_MOST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where messages are handed in. `secrets`: the present one first, then the one before."""

    url: str
    secrets: tuple[bytes, ...] = field(repr=False)
    honours_keys: bool = False
    ca_file: str | None = None
    use_proxies: bool = True
    timeout_s: float = 10.0


def secret_of(text: str) -> bytes:
    """Return the bytes of a secret as the convention writes it: `whsec_` and base64.

    Raises:
        ValueError: it is not of that form, or shorter than 24 bytes.
    """
    try:
        secret = base64.b64decode(text.strip().removeprefix(SECRET_PREFIX), validate=True)
    except ValueError as error:
        raise ValueError("a secret is `whsec_` and base64") from error
    if len(secret) < _SHORTEST_SECRET:
        raise ValueError(f"a secret has at least {_SHORTEST_SECRET} bytes")
    return secret


def signature(secret: bytes, message: str, timestamp: int, body: bytes) -> str:
    """Return one signature of a request."""
    signed = f"{message}.{timestamp}.".encode() + body
    digest = hmac.new(secret, signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode("ascii")


class WebhookSender:
    """Implements `sender.Sender` over one receiver."""

    channel = Channel.SMS

    def __init__(self, receiver: Receiver, now: Callable[[], float] = time.time) -> None:
        """Take the receiver's settings.

        Raises:
            ValueError: no secret is given.
        """
        if not receiver.secrets:
            raise ValueError("a receiver has a secret")
        self._receiver = receiver
        self._now = now
        secure = urlsplit(receiver.url).scheme == "https"
        self._verify = tls_context(receiver.ca_file) if secure else False

    @property
    def honours_keys(self) -> bool:
        return self._receiver.honours_keys

    @property
    def longest_s(self) -> float:
        """Return the bound of the request, and as much for looking up names and connecting."""
        return 3 * self._receiver.timeout_s

    def send(self, notice: Notice) -> str:
        """Hand the message over, and return the receiver's number for it, or its status.

        Raises:
            As `sender.Sender.send` does.
        """
        body = msgspec.json.encode(
            {
                "id": notice.key,
                "channel": notice.channel,
                "to": notice.to,
                "language": notice.language,
                "text": notice.text,
                "template": notice.template,
                "shop": notice.shop,
                "order": notice.order,
                "sent_at": notice.at,
            }
        )
        try:
            status, words = self._post(body, self._headers(notice.key, body))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise Unreachable(f"no connection to the receiver ({_name(error)})") from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown(
                f"the receiver did not say whether it took the message ({_name(error)})"
            ) from error
        return _taken(status, words)

    def problems(self) -> Sequence[str]:
        """Connect; return what is wrong. Nothing is sent, so that a wrong secret is not seen."""
        try:
            with self._client() as client:
                client.head(self._receiver.url)
        except httpx.HTTPError as error:
            host = urlsplit(self._receiver.url).hostname
            return (f"receiver {host}: no connection ({_name(error)})",)
        return ()

    def _post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """Return the status and the beginning of what the receiver said."""
        said = bytearray()
        with (
            Bound(self._receiver.timeout_s) as bound,
            self._client() as client,
            client.stream(
                "POST",
                self._receiver.url,
                content=body,
                headers=headers,
                extensions={"trace": bound.follow},
            ) as answer,
        ):
            # The status tells what became of it; of a long answer only the beginning is wanted.
            with contextlib.suppress(httpx.HTTPError):
                for chunk in answer.iter_bytes():
                    said += chunk
                    if len(said) > _MOST_BYTES:
                        break
            return answer.status_code, " ".join(said.decode("utf-8", "replace").split())[:_WORDS]

    def _headers(self, key: str, body: bytes) -> dict[str, str]:
        at = int(self._now())
        signatures = (signature(secret, key, at, body) for secret in self._receiver.secrets)
        return {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "webhook-id": key,
            "webhook-timestamp": str(at),
            "webhook-signature": " ".join(signatures),
        }

    def _client(self) -> httpx.Client:
        return httpx.Client(
            verify=self._verify,
            timeout=self._receiver.timeout_s,
            trust_env=self._receiver.use_proxies,
            follow_redirects=False,
        )


def _taken(status: int, words: str) -> str:
    if 200 <= status < 300:
        return words or str(status)
    said = f"the receiver refuses the message: {status} {words}"
    if status == 429:
        raise Throttled(said, _RETRY_S)
    if 300 <= status < 500 and status != 408:
        raise Rejected(said)
    raise OutcomeUnknown(said)


def _name(error: BaseException) -> str:
    return str(error) or type(error).__name__
