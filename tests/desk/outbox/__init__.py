"""The outbox of the desk: nothing lost, nothing twice, nothing behind the agent's back."""
