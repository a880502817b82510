"""Log, crash reports, diagnostics: what tells how the desk fares, and nothing of a customer."""
