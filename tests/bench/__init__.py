"""Benchmarks with targets: `python3 dev.py bench [NAME ...] [--json FILE]`.

A benchmark is a module of this package with `NAME`, `SUMMARY` and `run() -> list[Figure]` (see
tests/bench/figures.py); it raises `Skip` with the reason where its material is absent.
"""
