#!/usr/bin/env python3
"""Set up, test, check, try out and build this project: `python3 dev.py COMMAND`.

For people and for CI. Needs Python 3.11 or newer and nothing else; every command sets up first
what it needs. Nothing above the check may need a newer Python than the ones it turns away.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (its very purpose)
    sys.stderr.write("dev.py: needs Python 3.11 or newer, this is %s\n" % sys.version.split()[0])  # noqa: UP031
    sys.exit(1)

from devtools.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
