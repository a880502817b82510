"""The tour: pictures of every screen and state of the real desk; `python -m tests.tour DIR`."""
