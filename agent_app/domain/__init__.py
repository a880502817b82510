"""Rules of unreturned orders, pure: no I/O, no clock, no third-party package; anyone may import."""
