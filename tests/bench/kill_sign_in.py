"""Desks killed while they renew their session, with bound and with changing refresh tokens.

Against the real provider (oidc-provider) and a gateway over HTTP: docs/desk-offline.md.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
from pathlib import Path

from tests.bench.figures import Figure, Skip
from tests.desk.sign_in.kills import Outcome
from tests.desk.sign_in.kills import run as run_kills
from tests.desk.sign_in.place import bearing_place, place
from tests.gateway.world import World
from tests.kills.nest import CAN_FORK
from tests.oidc_provider import NoProviderError, OidcProvider, provider

NAME = "kill-sign-in"
SUMMARY = "kill -9 of desks that renew their session: forced sign-ins, drafts lost"
_SEED = 20261123


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what `dev.py bench kill-sign-in` takes."""
    parser.add_argument("--kills", type=int, default=500, help="of each kind of token")
    parser.add_argument("--seed", type=int, default=_SEED)


def run(options: argparse.Namespace) -> list[Figure]:
    """Kill with both kinds of tokens; the changing ones are the control of the bound ones."""
    if not CAN_FORK:
        raise Skip("this system does not fork processes")
    try:
        with provider() as oidc, tempfile.TemporaryDirectory() as folder:
            oidc.people(**{"u-1": {"name": "Chen Li"}})
            bound = _outcome(oidc, Path(folder) / "bound", options, bears=False)
            bare = _outcome(oidc, Path(folder) / "bare", options, bears=True)
    except NoProviderError as error:
        raise Skip(str(error)) from error
    return [
        Figure("bound: kills", bound.kills, "kills"),
        Figure("bound: renewals", bound.renewals, "renewals"),
        Figure.at_most("bound: forced sign-ins", bound.forced, "sign-ins", 0),
        Figure.at_most("bound: drafts lost", bound.lost, "drafts", 0),
        Figure("changing: renewals", bare.renewals, "renewals"),
        Figure.at_least("changing: forced sign-ins (control)", bare.forced, "sign-ins", 1),
        Figure("changing: forced sign-ins", 100 * bare.forced / bare.kills, "% of kills"),
        Figure.at_most("changing: drafts lost", bare.lost, "drafts", 0),
    ]


def _outcome(
    oidc: OidcProvider, folder: Path, options: argparse.Namespace, *, bears: bool
) -> Outcome:
    folder.mkdir()
    kind = bearing_place if bears else place
    with contextlib.closing(World(folder)) as world, kind(world, oidc, folder / "machine") as made:
        return run_kills(made, options.kills, options.seed)
