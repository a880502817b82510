"""Promise: real gateway processes keep to it together: one configuration, one database, one proof.

As an operator runs them: users by the command line, sign-in at a real provider.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from agent_app.gateway.__main__ import main
from tests.gateway.oidc.site import SESSION, allowed, refused, url
from tests.oidc_provider import AUDIENCE, DeskClient, OidcProvider
from tests.processes import Program

pytestmark = pytest.mark.slow


def configured(folder: Path, where: Path | str, oidc: OidcProvider) -> Path:
    path = folder / "gateway.toml"
    path.write_text(
        f'database = "{where}"\nport = 0\n'
        f'[oidc]\nissuer = "{oidc.issuer}"\naudience = "{AUDIENCE}"\npublic_url = "{AUDIENCE}"\n'
        'clients = ["desk"]\ndesk_client = "desk"\n',
        "utf-8",
    )
    return path


@contextlib.contextmanager
def gateway(config: Path) -> Iterator[tuple[Program, str]]:
    running = Program(
        "agent_app.gateway", "--config", str(config), "serve", "--with-parent", ready="gateway "
    )
    try:
        yield running, running.ready
    finally:
        running.stop()


def test_a_proof_and_a_person_count_at_all_processes_or_none(
    tmp_path: Path, where: Path | str, oidc: OidcProvider
) -> None:
    config = configured(tmp_path, where, oidc)
    words = ["--config", str(config), "user"]
    adding = ["add", "chen", "--name", "Chen Li", "--role", "agent"]
    assert main([*words, *adding, "--subject", f"{oidc.issuer} u-1"]) == 0
    desk = DeskClient(oidc.issuer)
    tokens = desk.sign_in("u-1")

    def ask(address: str, headers: dict[str, str]) -> httpx.Response:
        return httpx.get(address + SESSION, headers=headers, trust_env=False, verify=False)

    with contextlib.ExitStack() as stack:
        started = [stack.enter_context(gateway(config))]
        if isinstance(where, str):
            started.append(stack.enter_context(gateway(config)))
        addresses = [address for _, address in started]
        for first in addresses:
            headers = desk.headers(tokens, "GET", url())
            allowed(ask(first, headers))
            for address in addresses:
                refused(ask(address, headers), "invalid_dpop_proof")
        assert main([*words, "disable", "chen"]) == 0
        for address in addresses:
            refused(ask(address, desk.headers(tokens, "GET", url())), "invalid_token")
        for program, _ in started:
            said = program.errors()
            for secret in (tokens.access, tokens.access.split(".")[2], "Chen Li", "u-1"):
                assert secret not in said
