"""The sandbox shop: a shop and its payment provider in one process of their own, behind HTTP.

It gets into every state of field.md 2 on request, with known truth, and keeps a ledger of what
really happened to the money. `python -m agent_app.engines.sandbox` runs it; the gateway reaches
it only through `connector.SandboxShop`.
"""
