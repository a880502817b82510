"""Credentials and sign-in: the only place that imports keyring."""
