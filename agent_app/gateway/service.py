"""The gateway put together: database, shops, watchers, worker. Use cases take it as their world."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from agent_app.domain.guide import Guide
from agent_app.domain.ids import ShopId
from agent_app.domain.limits import RefundLimits
from agent_app.domain.roles import LIMITS, Role
from agent_app.engines.port import Shop
from agent_app.gateway.casework import Desk
from agent_app.gateway.clock import Clock
from agent_app.gateway.feed import Feed
from agent_app.gateway.intake import Watcher
from agent_app.gateway.known_shop import KnownShop
from agent_app.gateway.loading import Loads
from agent_app.gateway.marker import Marker
from agent_app.gateway.metrics import Metrics
from agent_app.gateway.signin.entry import SignIn
from agent_app.gateway.signin.provider import Provider
from agent_app.gateway.store import bell, case_rows, queue_counts, search_marks
from agent_app.gateway.store.database import Database
from agent_app.gateway.vitals import Vitals
from agent_app.gateway.worker import Worker
from agent_app.guides import load_guide


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the gateway looks, in seconds."""

    watch_every_s: float = 2.0


class Gateway:
    """One running gateway. `start` sets its threads going, `stop` parks what runs and ends them."""

    def __init__(
        self,
        database: Database,
        shops: Sequence[Shop],
        *,
        clock: Clock | None = None,
        guide: Guide | None = None,
        pace: Pace = Pace(),
        limits: Mapping[Role, RefundLimits] = LIMITS,
        teams: Mapping[ShopId, str] | None = None,
        provider: Provider | None = None,
        most_streams: int = 1_000,
        refusals_kept: timedelta = timedelta(minutes=10),
    ) -> None:
        """Put it together; `teams` are those of the shops that are not the main team's.

        `refusals_kept`: how long a refused request keeps its key, at least; zero: not at all.
        `provider` signs people in beside the gateway's own tokens; it is closed with the gateway.
        """
        self.process = secrets.token_hex(8)
        """By this name it holds its leases."""
        self.database = database
        self.clock: Clock = clock or database.clock
        self.refusals_kept = refusals_kept
        self.sign_in = SignIn(database, self.clock, provider)
        known = {shop.id: KnownShop(shop) for shop in shops}
        search_key = search_marks.key_of(database)
        self.desk = Desk(known, guide or load_guide(), limits, teams or {}, search_key)
        self.marker = Marker(database, self.clock)
        self.worker = Worker(database, self.desk, self.clock)
        self.watchers: dict[ShopId, Watcher] = {
            shop.id: Watcher(
                database,
                self.desk,
                shop,
                self.clock,
                every_s=pace.watch_every_s,
                holder=self.process,
            )
            for shop in known.values()
        }
        self.feed = Feed(database, self.clock, most_streams)
        self.loads = Loads()
        names = [f"{kind}-{shop}" for kind in ("worker", "watch") for shop in known]
        self.vitals = Vitals(database, self.clock, names)
        self.metrics = Metrics(database, self.clock, self.vitals)
        for name, watcher in self.watchers.items():
            watcher.told = partial(self.metrics.shop_round, name)
        self._unsubscribe: Callable[[], None] | None = None

    def start(self) -> None:
        self._give_cases_to_teams()
        self._unsubscribe = self.database.bell.subscribe(self._heard)
        self.database.listen()
        self.worker.start()
        for watcher in self.watchers.values():
            watcher.start()
        self.vitals.start()
        self.marker.start()

    def stop(self) -> None:
        """End the threads after the step that each is in, then let shops and database go."""
        self.marker.stop()
        self.vitals.stop()
        self.feed.close()
        if self._unsubscribe is not None:
            self._unsubscribe()
        for watcher in self.watchers.values():
            watcher.stop()
        self.worker.stop()
        for shop in self.desk.shops.values():
            shop.close()
        self.sign_in.close()
        self.database.close()

    def _give_cases_to_teams(self) -> None:
        """Let the cases follow their shops, where a shop was given to another team."""
        for shop in self.desk.shops:
            team = self.desk.team_of(shop)
            while self._held_elsewhere(shop, team):
                # A little at a time: others may be at work.
                with self.database.write() as connection:
                    case_rows.move_shop(connection, shop, team)

    def _held_elsewhere(self, shop: ShopId, team: str) -> bool:
        with self.database.read() as connection:
            return queue_counts.held_elsewhere(connection, shop, team)

    def _heard(self, topic: str) -> None:
        if topic == bell.ACTIONS:
            self.worker.wake()
