"""The rooms behind dev.py: standard library only, called by dev.py and its tests."""
