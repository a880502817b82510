"""A shop joined with its payment provider: two sources behind one port (docs/connect-a-shop.md)."""
