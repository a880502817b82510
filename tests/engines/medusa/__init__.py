"""The Medusa shop under test: how it is brought up and traded with."""
