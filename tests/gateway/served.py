"""A gateway's application served on loopback by a real server, in a thread of this process."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import uvicorn

from agent_app.gateway.http.app import make_app
from agent_app.gateway.service import Gateway
from agent_app.gateway.serving import listen


@contextlib.contextmanager
def served(gateway: Gateway) -> Iterator[str]:
    """Serve the gateway for the block; give its address."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(
        uvicorn.Config(make_app(gateway), log_config=None, access_log=False, lifespan="off")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
