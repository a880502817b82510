"""The commands of `agent-app-gateway`, one module per subject."""
