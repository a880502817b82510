"""Load the guards that hold for every test: no leaks, a home of its own, no network.

And one that tells in a line which tests need a real shop.
"""

pytest_plugins = [
    "tests.guards.isolation",
    "tests.guards.leaks",
    "tests.guards.network",
    "tests.guards.shops",
]
