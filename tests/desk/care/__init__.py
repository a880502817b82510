"""Log, crash reports, diagnostics, one instance, heartbeat."""
