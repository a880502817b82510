"""Medusa 2 behind `joined.store.StoreSide`: its orders, carts and payment rows over Admin REST."""
