"""Run benchmarks: `python -m tests.bench [NAME ...] [--json FILE]`; called by dev.py."""

import argparse
import sys
from pathlib import Path

import tests.bench
from tests.bench import registry

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    sys.exit(registry.main(tests.bench, options.names, options.json))
