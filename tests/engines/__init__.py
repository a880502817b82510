"""Tests of the connectors: one contract for every shop, and what is special to each."""
