"""The sync of the desk: its store in step with the gateway."""
