"""Vendure 3 behind `joined.store.StoreSide`: its orders and payment rows over Admin GraphQL."""
