"""The use cases and ports of the desk: no Qt, no HTTP client, no SQL."""
