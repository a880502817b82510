"""The shops that an operator connects: `[[shops]]` of the configuration.

Their keys are not in it: see `shop_secrets`. What is refused of it: `shop_checks`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import msgspec

from agent_app.domain.flags import DEFAULTS, FlagPolicy, FlagRule, Level, Threshold
from agent_app.domain.order import PaymentMethod
from agent_app.domain.stage import Stage

STRIPE_URL = "https://api.stripe.com"
REFERENCES = {"vendure": ("orderCode",), "medusa": ("cart_id", "session_id")}
"""The metadata keys under which each shop's own Stripe plugin names the order, cart or session."""
DEFAULT_LATE_WINDOW_S = 24 * 3600.0
REAL = ("vendure", "medusa")
_PROMISED = (
    FlagRule.NO_PAYMENT_ATTEMPT,
    FlagRule.PAYING_TOO_LONG,
    FlagRule.CAPTURED_UNCONFIRMED,
)
_LONGEST_S = 366 * 86400.0


class ProviderConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[shops.provider]`: who tells what really happened to the money.

    `stripe`: the provider's own books, read with a key that may only read. `books`: the shop's
    payment rows are taken for the provider's word, by the operator's own decision.
    """

    kind: Literal["stripe", "books"]
    url: str = STRIPE_URL
    key_file: str | None = None
    ca_file: str | None = None
    proxy: bool = True
    reference: str | None = None
    """The metadata key that holds the shop's reference; None: what the shop's plugin writes."""
    late_window_s: float = DEFAULT_LATE_WINDOW_S
    """How long a payment that timed out may still turn into a captured one."""


class ThresholdConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[shops.flags.F2]`: seconds until each level; what is not given stays as it is."""

    watch_s: float | None = None
    flag_s: float | None = None
    critical_s: float | None = None


class ShopConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One shop. `url` for a shop behind HTTP, `folder` for a history read from CSV files."""

    id: str
    engine: Literal["sandbox", "history", "vendure", "medusa"]
    url: str | None = None
    folder: str | None = None
    label: str | None = None
    weights: dict[str, float] = {}
    """For a history that is a sample: how many orders one of a status stands for."""
    team: str = "main"
    """Whose orders these are; people of other teams do not see them."""
    timeout_s: float | None = None
    """Longest answer of a shop behind HTTP: a dead worker's action waits about twice as long.
    None: what its engine takes for usual."""
    key_file: str | None = None
    """The API key (Vendure) or secret key (Medusa), as the file's first line."""
    username: str | None = None
    """Vendure: the account that signs in, instead of an API key."""
    password_file: str | None = None
    publishable_key: str | None = None
    """Medusa: the storefront's key. It stands in every customer's browser and is no secret."""
    ca_file: str | None = None
    """A PEM file with the authority of a shop whose certificate is the house's own."""
    proxy: bool = True
    """Whether the environment's proxy (HTTPS_PROXY, NO_PROXY) is used."""
    captures: Literal["at_once", "later"] | None = None
    """When the shop takes money: with the order, or once it is sent. None: as the shop does."""
    methods: dict[str, PaymentMethod] = {}
    """The shop's own payment method codes, and which family each is."""
    states: dict[str, Stage] = {}
    """Vendure: order states of the shop's own making, and what stage each is."""
    history_days: float = 30.0
    """How far back a gateway reads that is connected for the first time."""
    processing_s: float = 60.0
    """How long the shop may still carry out a request whose answer was lost."""
    provider: ProviderConfig | None = None
    """None: what happened to the money is not known, and no money moves."""
    flags: dict[str, ThresholdConfig] = {}
    """Thresholds by rule, F1 to F9, over the defaults."""

    @property
    def is_real(self) -> bool:
        """Whether this is somebody's running shop, not the sandbox and not a history."""
        return self.engine in REAL

    @property
    def references(self) -> tuple[str, ...]:
        """The provider's metadata keys that may hold the shop's reference; the first counts."""
        given = self.provider.reference if self.provider else None
        return (given,) if given else REFERENCES.get(self.engine, ())


def policy_of(shop: ShopConfig, base: FlagPolicy) -> FlagPolicy:
    """Return the engine's thresholds with the operator's over them.

    Raises:
        ValueError: no such rule, a level before the one below it, or a clock that is learnt.
    """
    by_rule = dict(base.by_rule)
    for name, given in shop.flags.items():
        rule = _rule(name)
        if base.promise is not None and rule in _PROMISED:
            raise ValueError(f"[shops.flags.{name}]: this shop's own history sets when it is late")
        by_rule[rule] = _threshold(name, by_rule.get(rule, DEFAULTS[rule]), given)
    return replace(base, by_rule=by_rule)


def _rule(name: str) -> FlagRule:
    settable = [rule.value for rule in DEFAULTS]
    if name not in settable:
        raise ValueError(f"[shops.flags.{name}]: no such rule; there are {', '.join(settable)}")
    return FlagRule(name)


def _threshold(name: str, old: Threshold, given: ThresholdConfig) -> Threshold:
    new = Threshold(
        old.watch_s if given.watch_s is None else given.watch_s,
        old.flag_s if given.flag_s is None else given.flag_s,
        old.critical_s if given.critical_s is None else given.critical_s,
    )
    steps = [(level, at) for level in Level if (at := new.at(level)) is not None]
    shown = ", ".join(f"{level.name.lower()}_s = {at:g}" for level, at in steps)
    if any(not 0 <= at <= _LONGEST_S for _, at in steps):
        raise ValueError(f"[shops.flags.{name}]: seconds from 0 to a year, not {shown}")
    if [at for _, at in steps] != sorted(at for _, at in steps):
        raise ValueError(
            f"[shops.flags.{name}]: {shown}: each level comes no sooner than the one before it; "
            "give all three"
        )
    return new
