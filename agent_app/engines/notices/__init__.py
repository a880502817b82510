"""Senders of messages to customers, for shops that cannot send any themselves."""
