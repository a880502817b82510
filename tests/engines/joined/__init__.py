"""A joined shop: its rules of money, and what it tells of its two sides."""
