"""Checks that any platform which implements the API can run against itself."""
