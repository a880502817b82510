"""The platform API: stands between the desks and the shops and carries out actions once."""
