"""`serve`: answer desks until stopped."""

from __future__ import annotations

import argparse

from agent_app.gateway.commands.opened import Commands, configured
from agent_app.gateway.serving import serve


def add_to(commands: Commands) -> None:
    serving = commands.add_parser("serve", help="answer desks until stopped")
    serving.add_argument("--with-parent", action="store_true", help="stop when standard input ends")
    serving.set_defaults(run=_serve)


def _serve(options: argparse.Namespace) -> int:
    serve(configured(options), with_parent=options.with_parent)
    return 0
