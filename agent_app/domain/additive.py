"""Fit additive points: logistic regression on classes, small and exact; for `learn_promise`.

Every row names the classes that hold (one per trait); a class's points are its share of the
log-odds. Newton's method with a ridge penalty (Hoerl and Kennard 1970) that keeps rare classes
near zero. No numpy: some dozens of classes and some thousand rows take a fraction of a second.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

RIDGE = 3.0
"""Penalty on squared points: about what a dozen orders against it must say to move a class."""
_STEPS = 6


def fit_points(
    rows: Sequence[tuple[int, ...]],
    outcomes: Sequence[bool],
    weights: Sequence[float],
    width: int,
) -> tuple[float, list[float]]:
    """Return the base and the points of each of `width` classes.

    Raises:
        ValueError: no rows, or lengths that differ.
    """
    if not rows or not len(rows) == len(outcomes) == len(weights):
        raise ValueError("rows, outcomes and weights must be of one length, and some")
    size = width + 1
    solution = [0.0] * size
    for _ in range(_STEPS):
        matrix = [[0.0] * size for _ in range(size)]
        gradient = [0.0] * size
        for i in range(width):
            matrix[i][i] = RIDGE
            gradient[i] = -RIDGE * solution[i]
        matrix[width][width] = 1e-6
        for row, outcome, weight in zip(rows, outcomes, weights, strict=True):
            active = (*row, width)
            chance = 1 / (1 + math.exp(-sum(solution[i] for i in active)))
            pull, curve = weight * (outcome - chance), weight * chance * (1 - chance)
            for i in active:
                gradient[i] += pull
                line = matrix[i]
                for j in active:
                    line[j] += curve
        step = _solve(matrix, gradient)
        solution = [a + b for a, b in zip(solution, step, strict=True)]
    return solution[width], solution[:width]


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Solve a symmetric positive definite system by elimination; both arguments are consumed."""
    size = len(right)
    for i in range(size):
        pivot = matrix[i]
        for k in range(i + 1, size):
            factor = matrix[k][i] / pivot[i]
            if factor:
                line = matrix[k]
                for j in range(i, size):
                    line[j] -= factor * pivot[j]
                right[k] -= factor * right[i]
    result = [0.0] * size
    for i in reversed(range(size)):
        tail = sum(matrix[i][j] * result[j] for j in range(i + 1, size))
        result[i] = (right[i] - tail) / matrix[i][i]
    return result
