"""Telling systemd how the gateway is (sd_notify); nothing happens where nobody asked for it."""

from __future__ import annotations

import os
import socket


def tell(state: str) -> None:
    """Send `READY=1`, `STOPPING=1`, `WATCHDOG=1` or `STATUS=…` to the manager, if there is one.

    A manager that does not hear is no reason to fail: it then acts by its own time-outs.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")) or not hasattr(socket, "AF_UNIX"):
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
            to.settimeout(1)
            to.sendto(state.encode(), address)
    except OSError:
        return
