"""A desk's outbox over a real encrypted store and the fake gateway, in virtual time."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent_app.desk.store.folder import Store, StoreFolder
from agent_app.desk.work.clock import GatewayClock
from agent_app.desk.work.delivery import Delivery
from agent_app.desk.work.local import StoreName
from agent_app.desk.work.outbox import Deliverer
from agent_app.desk.work.outbox_clicks import NewClick
from agent_app.domain.ids import UserId
from tests.fakes.platform import FakePlatform

NAME = StoreName.of("http://127.0.0.1:1", UserId("chen.li"))


@dataclass
class Shift:
    """One agent's machine. `now_s` is virtual; `wall_s` is how far its own clock is off."""

    folder: Path
    platform: FakePlatform
    now_s: float = 1_000.0
    wall_s: float = 0.0
    chance: Callable[[], float] = lambda: 1.0
    key: bytes = field(default_factory=lambda: os.urandom(32))
    delivered: list[Delivery] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.begun = datetime.now(UTC)
        self.platform.time = lambda: self.gateway_time
        self.start()

    def start(self, *, hears: bool = True) -> None:
        """Start the program: what the store holds is all that is known."""
        self.store: Store = StoreFolder(self.folder).open(NAME, self.key)
        self.clock = GatewayClock(lambda: self.now_s)
        if hears:
            self.clock.hear(self.gateway_time)
        me = self.platform.actor.user
        self.outbox = Deliverer(
            self.store, me, self.clock, ticks=lambda: self.now_s, wall=self.wall, chance=self.chance
        )
        self.outbox.use(self.platform, me, self.clock)

    def crash(self, *, away_s: float = 1.0, hears: bool = True) -> None:
        """End without a word, and start again after a while."""
        self.store.close()
        self.now_s += away_s
        self.start(hears=hears)

    @property
    def gateway_time(self) -> datetime:
        return self.begun + timedelta(seconds=self.now_s)

    def wall(self) -> datetime:
        """Return what this machine's own clock shows."""
        return self.gateway_time + timedelta(seconds=self.wall_s)

    def put(self, new: NewClick) -> None:
        self.outbox.put(new)

    def step(self) -> bool:
        """Deliver what is due now; return whether there was anything."""
        due = self.outbox.take()
        self.delivered += [self.outbox.deliver(click) for click in due]
        return bool(due)

    def work_for(self, seconds: float) -> None:
        """Let the time pass, and the outbox work as its pauses say."""
        end = self.now_s + seconds
        while True:
            while self.step():
                pass
            pause_s = self.outbox.pause_s
            if pause_s is None or self.now_s + pause_s > end:
                break
            # A pause that has just ended is over a tick later.
            self.now_s += max(pause_s, 0.001)
        self.now_s = end

    def close(self) -> None:
        self.store.close()
