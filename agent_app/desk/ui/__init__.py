"""The widgets of the desk: PySide6 only; imports work and domain, never an adapter."""
