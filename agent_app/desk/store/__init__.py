"""The local database of the desk: the only place in the desk with SQL."""
