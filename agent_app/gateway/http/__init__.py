"""The gateway's HTTP face: routes, sign-in by token, idempotency, problem answers."""
