"""The HTTP client of the platform API: the only place in the desk that imports httpx."""
