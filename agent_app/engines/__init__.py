"""Shops and payment providers behind one port; only the gateway and the tryout import these."""
