"""Run benchmarks: `dev.py bench [NAME ...] [--json FILE]`, or one with its own options behind it.

`dev.py bench kill --help` tells the options of one.
"""

import argparse
import itertools
import sys
from pathlib import Path

import tests.bench
from tests.bench import registry

if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--json", type=Path, metavar="FILE")
    common, words = parser.parse_known_args()
    names = list(itertools.takewhile(lambda word: not word.startswith("-"), words))
    options = words[len(names) :]
    if not names and {"-h", "--help"} & set(options):
        print(__doc__, end="")
        sys.exit(0)
    sys.exit(registry.main(tests.bench, names, common.json, options))
