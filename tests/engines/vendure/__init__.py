"""Vendure under test: brought up, seeded, and traded with over its own APIs."""
