"""Proofs and their negative controls: take one rule out, run the very same property, see it go red.

A control never searches. Hypothesis draws differently whenever other modules are loaded (it takes
constants from them, and offers no setting against it), so a rare counterexample would be found at
one time and missed at another. Each proof looks at hand-made values (`on_every`) besides the drawn
ones, and its control shows that these alone turn it red.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import ParamSpec, TypeVar

from hypothesis import HealthCheck, example, settings

from agent_app.domain.actions import ActionKind
from agent_app.domain.locks import LOCKS, Lock

T = TypeVar("T")
Params = ParamSpec("Params")
Test = Callable[Params, None]

PROOF = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def on_every(values: Iterable[object]) -> Callable[[Test[Params]], Test[Params]]:
    """Run a `given` test of one value on each of these first, at every run."""

    def decorate(test: Test[Params]) -> Test[Params]:
        for value in reversed(tuple(values)):
            test = example(value)(test)
        return test

    return decorate


def breaks(property_of: Callable[[T], None], value: T) -> bool:
    """Return whether the property fails for the value; any other error passes through."""
    try:
        property_of(value)
    except AssertionError:
        return True
    return False


def goes_red(property_of: Callable[[T], None], made: Iterable[T]) -> None:
    """Assert that one of the values breaks the property: the values of its proof's `on_every`."""
    assert any(breaks(property_of, value) for value in made), "no value breaks it"


def without(*taken: Lock) -> Mapping[ActionKind, tuple[Lock, ...]]:
    """Return the table of locks with these rules taken out of every row.

    Raises:
        ValueError: one of them stands in no row, so that taking it out would show nothing.
    """
    standing = {lock for row in LOCKS.values() for lock in row}
    if missing := [lock for lock in taken if lock not in standing]:
        raise ValueError(f"not in the table: {missing}")
    return {kind: tuple(r for r in row if r not in taken) for kind, row in LOCKS.items()}
