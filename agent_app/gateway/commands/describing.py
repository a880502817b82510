"""`openapi`: print the API's document, to build another client or platform by."""

from __future__ import annotations

import argparse
import json

from agent_app.gateway.commands.opened import Commands
from agent_app.gateway.http.endpoints import document


def add_to(commands: Commands) -> None:
    describing = commands.add_parser("openapi", help="print the API's OpenAPI 3.1 document")
    describing.set_defaults(run=_describe)


def _describe(_: argparse.Namespace) -> int:
    print(json.dumps(document(), ensure_ascii=False, indent=2))
    return 0
