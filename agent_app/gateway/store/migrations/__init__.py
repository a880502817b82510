"""Recorded migrations of the gateway's database, run by Alembic."""
