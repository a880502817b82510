"""The one error of opening a database."""


class DatabaseUnusable(Exception):
    """The database cannot be opened by this program; the message says why and what to do."""
