"""A real OpenID provider for tests, the npm package oidc-provider, and a desk that signs in at it.

The provider runs in a process of its own on loopback. Its packages are installed from the lock
file once into the user's cache folder; where node or npm cannot do that, `provider` raises
`NoProviderError` and tests skip with its sentence.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import secrets
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import platformdirs
from joserfc import jwt
from joserfc.jwk import ECKey, Key
from joserfc.jws import JWSRegistry

FOLDER = Path(__file__).resolve().parent / "gateway" / "oidc"
READY_S, INSTALL_S = 20.0, 120.0
AUDIENCE = "https://gateway.example.test"
SHORT = "https://short.example.test"
OPAQUE = "https://opaque.example.test"
LONG = "https://long.example.test"
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
REDIRECT = "http://127.0.0.1/signed-in"
DESK_REDIRECT = "http://127.0.0.1/callback"
"""Where the real desk listens, at any port (RFC 8252)."""
SECRET = "of-the-tests-alone"
RESOURCES: Mapping[str, Mapping[str, object]] = {
    AUDIENCE: {},
    SHORT: {"audience": AUDIENCE, "ttl": 1},
    LONG: {"audience": AUDIENCE, "ttl": 86_400},
    OPAQUE: {"audience": AUDIENCE, "format": "opaque"},
    **{f"https://{alg}.example.test": {"audience": AUDIENCE, "alg": alg} for alg in ALGORITHMS},
}
"""What can be asked for by name, and what its tokens are like; any other is its own audience."""
_DESK = {
    "application_type": "native",
    "token_endpoint_auth_method": "none",
    "grant_types": ["authorization_code", "refresh_token"],
    "response_types": ["code"],
    "redirect_uris": [REDIRECT, DESK_REDIRECT],
}
CLIENTS: tuple[Mapping[str, object], ...] = (
    {"client_id": "desk", "dpop_bound_access_tokens": True, **_DESK},
    {"client_id": "bearer-desk", **_DESK},
    {
        "client_id": "gateway",
        "client_secret": SECRET,
        "grant_types": [],
        "response_types": [],
        "redirect_uris": [],
    },
)
# Taken before the tests move the home folder: the packages are there for all runs.
_CACHE = platformdirs.user_cache_path("agent-app-tests")
_ENVIRONMENT = dict(os.environ)


class NoProviderError(Exception):
    """The provider cannot be run here; the message says why."""


def packages() -> Path:
    """Return the folder that holds node_modules, installing it at the first use.

    Raises:
        NoProviderError: node or npm is missing, or npm cannot get the packages.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NoProviderError(f"the OpenID provider needs {program}, which is not on the PATH")
    lock = (FOLDER / "package-lock.json").read_bytes()
    folder = _CACHE / f"oidc-provider-{hashlib.sha256(lock).hexdigest()[:16]}"
    if folder.is_dir():
        return folder
    _CACHE.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix="making-", dir=_CACHE))
    try:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(FOLDER / name, making)
        words = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        try:
            done = subprocess.run(
                words, cwd=making, env=_ENVIRONMENT, capture_output=True, text=True,
                timeout=INSTALL_S, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise NoProviderError(f"npm ci did not end within {INSTALL_S:g} s") from error
        if done.returncode != 0:
            raise NoProviderError(f"npm ci failed: {done.stderr.strip()[-500:]}")
        # Another run may have been quicker; what it made is the same.
        with contextlib.suppress(OSError):
            making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return folder


class OidcProvider:
    """One running provider. `issuer` is its address."""

    def __init__(self, *, require_nonce: bool = False) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._errors = Path(self._folder.name) / "stderr"
        given = msgspec.json.encode(
            {"resources": RESOURCES, "clients": CLIENTS, "requireNonce": require_nonce}
        ).decode()
        place = {"OIDC_PROVIDER_FOLDER": str(packages())}
        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                ["node", str(FOLDER / "provider.mjs"), given],
                env={**_ENVIRONMENT, **place},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        self.issuer = self._wait()

    def people(self, **claims: Mapping[str, object]) -> None:
        """Set who can sign in: the subject and what the provider says of him."""
        self._steer("accounts", claims)

    def end_sessions(self, sub: str) -> None:
        """Take back everything that was granted to the person, as when he is shut out."""
        self._steer("end", {"sub": sub})

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()
        self._folder.cleanup()

    def _steer(self, what: str, body: object) -> None:
        httpx.post(
            f"{self.issuer}/test/{what}", json=body, trust_env=False, verify=False
        ).raise_for_status()

    def _wait(self) -> str:
        assert self.process.stdout is not None
        slow = threading.Timer(READY_S, self.process.kill)
        slow.start()
        line = self.process.stdout.readline().decode()
        slow.cancel()
        slow.join()
        if line.startswith("oidc "):
            return line.removeprefix("oidc ").strip()
        self.process.wait()
        said = self._errors.read_text("utf-8", "replace")[-2000:]
        self.stop()
        raise RuntimeError(f"the OpenID provider did not start: {said}")


@contextlib.contextmanager
def provider(*, require_nonce: bool = False) -> Iterator[OidcProvider]:
    """Run a provider for the length of a `with` block; it may ask proofs for its number.

    Raises:
        NoProviderError: it cannot be run here.
    """
    running = OidcProvider(require_nonce=require_nonce)
    try:
        yield running
    finally:
        running.stop()


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str
    kind: str
    """Bearer or DPoP."""
    id_token: str
    refresh: str | None


@dataclass(slots=True)
class DeskClient:
    """Signs people in as a desk does: authorization code, PKCE, and a key of its own (DPoP)."""

    issuer: str
    client_id: str = "desk"
    key: Key = field(default_factory=lambda: ECKey.generate_key("P-256"))
    algorithm: str = "ES256"

    @property
    def bound(self) -> bool:
        return self.client_id == "desk"

    def sign_in(self, person: str, resource: str = AUDIENCE) -> Tokens:
        """Go the whole way through the browser's addresses, and exchange the code.

        Raises:
            PermissionError: the provider refused, in its own words.
        """
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(8)
        challenge = _base64(hashlib.sha256(verifier.encode()).digest())
        with httpx.Client(base_url=self.issuer, trust_env=False, verify=False) as browser:
            answer = browser.get(
                "/auth",
                params={
                    "client_id": self.client_id,
                    "response_type": "code",
                    "redirect_uri": REDIRECT,
                    "scope": "openid offline_access",
                    "prompt": "consent",
                    "code_challenge": challenge,
                    "code_challenge_method": "S256",
                    "resource": resource,
                    "login_hint": person,
                    "state": state,
                },
            )
            while not (target := answer.headers.get("location", "")).startswith(REDIRECT):
                if not target:
                    raise PermissionError(answer.text[-500:])
                answer = browser.get(target)
        said = parse_qs(urlsplit(target).query)
        if said.get("state") != [state] or said.get("iss") != [self.issuer]:
            raise PermissionError("the answer belongs to another question")
        if "code" not in said:
            raise PermissionError(said.get("error_description", ["refused"])[0])
        return self._token(
            grant_type="authorization_code",
            code=said["code"][0],
            redirect_uri=REDIRECT,
            code_verifier=verifier,
            resource=resource,
        )

    def refresh(self, tokens: Tokens, resource: str = AUDIENCE) -> Tokens:
        """Exchange the refresh token.

        Raises:
            PermissionError: the provider refused, in its own words.
        """
        assert tokens.refresh is not None
        return self._token(
            grant_type="refresh_token", refresh_token=tokens.refresh, resource=resource
        )

    def proof(self, method: str, url: str, token: str | None = None, **other: Any) -> str:
        """Return a proof for the request; `other` adds or replaces claims, None removes one."""
        said: dict[str, Any] = {
            "jti": secrets.token_urlsafe(12),
            "htm": method,
            "htu": url,
            "iat": int(time.time()),
        }
        if token is not None:
            said["ath"] = _base64(hashlib.sha256(token.encode()).digest())
        said = {name: value for name, value in (said | other).items() if value is not None}
        jwk = self.key.as_dict(private=False)
        header = {"typ": "dpop+jwt", "alg": self.algorithm, "jwk": jwk}
        registry = JWSRegistry(algorithms=[self.algorithm])
        registry.max_header_length = 4096
        return jwt.encode(header, said, self.key, registry=registry)

    def headers(
        self, tokens: Tokens, method: str, url: str, proof: str | None = None
    ) -> dict[str, str]:
        """Return what a request to the gateway at `url` carries."""
        if tokens.kind == "Bearer":
            return {"Authorization": f"Bearer {tokens.access}"}
        proof = proof or self.proof(method, url, tokens.access)
        return {"Authorization": f"DPoP {tokens.access}", "DPoP": proof}

    def _token(self, **form: str) -> Tokens:
        url = f"{self.issuer}/token"
        answer = httpx.post(
            url,
            data={"client_id": self.client_id, **form},
            headers={"DPoP": self.proof("POST", url)} if self.bound else {},
            trust_env=False,
            verify=False,
        )
        said = answer.json()
        if answer.status_code != 200:
            raise PermissionError(f"{said['error']}: {said.get('error_description')}")
        return Tokens(
            said["access_token"],
            said["token_type"],
            said.get("id_token", ""),
            said.get("refresh_token"),
        )


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
