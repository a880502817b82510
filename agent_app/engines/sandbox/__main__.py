"""Run the sandbox shop: `python -m agent_app.engines.sandbox --port 0 --seed 7`.

Prints one line `sandbox http://127.0.0.1:PORT` when it is ready. With `--with-parent` it ends when
its standard input closes, so that a demo that is killed leaves no orphan, on Windows too.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import uvicorn

from agent_app import typed_json
from agent_app.engines.sandbox.server import application
from agent_app.engines.sandbox.transport import DroppableProtocol
from agent_app.engines.sandbox.world import Running, World, new_world

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_GRACE_S = 2


class _Server(uvicorn.Server):
    """Says when it is ready, and ends with 0 when it is asked to end."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(f"sandbox {self._address}", flush=True)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn's own raises the signal again at the end, which reads as a crash.
        before = {sig: signal.signal(sig, self.handle_exit) for sig in _SIGNALS}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop."""
    options = _parse(arguments)
    running = _open(options.seed, options.state)
    listening = _listen(options.port)
    host, port = listening.getsockname()[:2]
    config = uvicorn.Config(
        application(running),
        http=DroppableProtocol,
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = _Server(config, f"http://{host}:{port}")
    if options.with_parent:
        threading.Thread(target=_follow_parent, args=(server,), daemon=True).start()
    with listening:
        server.run(sockets=[listening])
    running.save()
    return 0


def _listen(port: int) -> socket.socket:
    # Named TCP: of a socket that is not, asyncio does not switch off Nagle's algorithm, and
    # every answer waits 40 ms for the client's delayed acknowledgement.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":
        # On Windows the option would let two programs share the port.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen()
    return listening


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="agent_app.engines.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--state", type=Path, help="keep the world in this file")
    parser.add_argument("--with-parent", action="store_true", help="end when stdin closes")
    return parser.parse_args(arguments)


def _open(seed: int, state: Path | None) -> Running:
    if state is None:
        return Running(new_world(seed))
    if not state.exists():
        return Running(new_world(seed), _keeper(state))
    try:
        world = typed_json.decode(state.read_bytes(), World)
    except (OSError, msgspec.MsgspecError) as error:
        raise SystemExit(f"{state}: not a sandbox state file ({error}); move it away") from None
    return Running(world, _keeper(state))


def _keeper(state: Path) -> Callable[[bytes], None]:
    def keep(content: bytes) -> None:
        # Beside the old one, then in its place: a crash leaves one whole file.
        with tempfile.NamedTemporaryFile(dir=state.parent, delete=False) as new:
            new.write(content)
            new.flush()
            os.fsync(new.fileno())
        Path(new.name).replace(state)

    return keep


def _follow_parent(server: uvicorn.Server) -> None:
    # os.read, because a thread inside sys.stdin's lock stops the interpreter from ending.
    while os.read(0, 1024):
        pass
    server.should_exit = True


if __name__ == "__main__":
    sys.exit(main())
