"""Bring a real shop up or down, or tell where it is: `python3 dev.py shop NAME up|down|status`.

`up --fresh` begins with a new database and new books of the payment provider.
"""

from __future__ import annotations

import argparse
import importlib
import sys

from tests.engines.real import NoShopError

NAMES = ("medusa", "vendure")


def main(words: list[str]) -> int:
    """Carry out one command line; return 1 when the shop cannot be run here or is not up."""
    parser = argparse.ArgumentParser(prog="dev.py shop", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("what", choices=("up", "down", "status"))
    parser.add_argument("--fresh", action="store_true", help="with up: whatever runs, anew")
    options = parser.parse_args(words)
    if options.fresh and options.what != "up":
        parser.error("--fresh goes with up")
    shop = importlib.import_module(f"tests.engines.{options.name}.bringup")
    if options.what == "up":
        try:
            shop.up(fresh=options.fresh)
        except NoShopError as problem:
            print(f"{options.name}: {problem}", file=sys.stderr)
            return 1
    elif options.what == "down":
        shop.down()
    else:
        state = shop.status()
        if state is None:
            print(f"{options.name} is not up: python3 dev.py shop {options.name} up")
            return 1
        print(f"{options.name} is up at {state['url']}, its provider at {state['provider_url']}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
