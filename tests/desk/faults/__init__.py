"""A network that goes wrong between the desk and a real gateway."""
