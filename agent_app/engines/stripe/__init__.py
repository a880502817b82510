"""Stripe, or a server that speaks its API, as the payment provider of a joined shop.

It only reads: a restricted key with read access to payment intents, charges, refunds, customers,
disputes and events is enough.
"""
