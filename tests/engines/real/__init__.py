"""Real shops under test: how they are brought up, traded with, and looked into."""
