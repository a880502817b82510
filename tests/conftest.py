"""Load the guards that hold for every test: no leaks, a home of its own, no network."""

pytest_plugins = ["tests.guards.isolation", "tests.guards.leaks", "tests.guards.network"]
