"""Planted data of customers, a real desk that works with it, and a search for it afterwards."""
