"""Tests named after what users are promised; each runs the real programs."""
