"""`conformance`: see whether a platform keeps the API's contract."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import httpx

from agent_app.gateway.commands.opened import Commands
from agent_app.gateway.config import ConfigError
from agent_app.gateway.conformance import suite
from agent_app.gateway.conformance.platform import Platform
from agent_app.gateway.conformance.suite import Verdict

_TOKEN = "AGENT_APP_TOKEN"  # noqa: S105 - the variable's name


def add_to(commands: Commands) -> None:
    conforming = commands.add_parser(
        "conformance", help="check a platform that implements the API; changes nothing by itself"
    )
    conforming.add_argument("url", metavar="URL")
    conforming.add_argument("--token", help=f"else the environment's {_TOKEN}, or --token-file")
    conforming.add_argument("--token-file", type=Path)
    conforming.add_argument(
        "--writes", metavar="CASE", help="a case that may be claimed, noted and revealed"
    )
    conforming.add_argument("--other-token", help="of a second account that sees the same case")
    conforming.add_argument("--foreign", metavar="CASE", help="a case of a team not the account's")
    conforming.add_argument("--only", action="append", default=[], metavar="CHECK")
    conforming.add_argument("--ca", type=Path, help="the certificate authority of URL")
    conforming.set_defaults(run=_conform)


def _conform(options: argparse.Namespace) -> int:
    token = options.token or os.environ.get(_TOKEN)
    if options.token_file is not None:
        token = options.token_file.read_text("utf-8").strip()
    if not token:
        raise ConfigError(f"an access token is needed: --token, --token-file or {_TOKEN}")
    verify: str | bool = str(options.ca) if options.ca else True
    with httpx.Client(base_url=options.url.rstrip("/"), verify=verify) as client:
        platform = Platform(client, token, options.writes, options.other_token, options.foreign)
        failed = False
        for result in suite.run(platform, options.only):
            about = f"{result.verdict:<5} {result.check.name:<12} {result.check.about}"
            print(f"{about}: {result.told}" if result.told else about, flush=True)
            failed = failed or result.verdict is Verdict.FAIL
    return int(failed)
