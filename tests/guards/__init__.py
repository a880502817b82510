"""Pytest plugins that hold for every test; tests/test_guards.py shows each of them go red."""
