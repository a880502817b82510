"""The demo: starts sandbox shop, gateway and desk as processes and stops what it started."""
