"""Negative controls: take one rule out, run the very same property, and see it go red."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from agent_app.domain.actions import ActionKind
from agent_app.domain.locks import LOCKS, Lock

T = TypeVar("T")

PROOF = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_HUNT = settings(
    max_examples=6000,
    derandomize=True,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def goes_red(property_of: Callable[[T], None], values: SearchStrategy[T]) -> None:
    """Assert that a generated value breaks the property, the same one at every run."""

    @_HUNT
    @given(values)
    def hunt(value: T) -> None:
        property_of(value)

    with pytest.raises(AssertionError):
        hunt()


def without(*taken: Lock) -> Mapping[ActionKind, tuple[Lock, ...]]:
    """Return the table of locks with these rules taken out of every row.

    Raises:
        ValueError: one of them stands in no row, so that taking it out would show nothing.
    """
    standing = {lock for row in LOCKS.values() for lock in row}
    if missing := [lock for lock in taken if lock not in standing]:
        raise ValueError(f"not in the table: {missing}")
    return {kind: tuple(r for r in row if r not in taken) for kind, row in LOCKS.items()}
