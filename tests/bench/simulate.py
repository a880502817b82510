"""The production ledger code under virtual time, with crashes, hangs and lost answers.

One seed is one world; a bad one is replayed by its number (docs/simulation.md).
"""

from __future__ import annotations

import argparse

from tests.bench.figures import Figure
from tests.simulation.seeds import CONTROLS, quiet, run_everywhere, run_everywhere_on_store
from tests.simulation.store_world import simulate_on_store
from tests.simulation.world import simulate
from tests.simulation.world_parts import ALL_RULES

NAME = "simulate"
SUMMARY = "seeds in which an action was lost, done twice, or told wrongly"
_SEEDS = 1_000_000
_MOST_CONTROL_SEEDS = 20_000
_MOST_STORED = 300


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seeds", type=int, default=_SEEDS, metavar="N", help="how many")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the first of them")
    parser.add_argument("--seed", type=int, metavar="N", help="replay this one alone")
    parser.add_argument(
        "--on-store", action="store_true", help="with --seed: the seed over SQLite, end to end"
    )
    parser.add_argument("--trace", action="store_true", help="with --seed: tell all that happens")
    parser.add_argument(
        "--without", choices=sorted(CONTROLS), help="with --seed: take this rule out"
    )


def run(options: argparse.Namespace) -> list[Figure]:
    """Run the seeds, then each control; or replay one seed."""
    if options.seed is not None:
        return _replay(options)
    tally = run_everywhere(options.first, options.seeds)
    stored = run_everywhere_on_store(options.first, min(_MOST_STORED, options.seeds // 200 or 1))
    for failed in (tally, stored):
        if failed.bad:
            print(failed.told())
    seconds = max(tally.seconds, 1e-9)
    figures = [
        Figure.at_most("bad seeds", tally.bad, "", 0, limit=0),
        Figure("seeds", tally.seeds, ""),
        Figure("  a second", tally.seeds / seconds, "1/s", peer="10,000 a core, of a model"),
        Figure("  actions promised", tally.actions, ""),
        Figure("  processes killed", tally.crashes, ""),
        Figure("  processes that hung", tally.hangs, ""),
        Figure("  writes refused by the fence", tally.overtaken, ""),
        Figure("  left to a person", 100 * tally.needs_person / max(tally.actions, 1), "%"),
    ]
    figures += [
        Figure.at_most("bad seeds over SQLite, end to end", stored.bad, "", 0, limit=0),
        Figure("  seeds", stored.seeds, ""),
        Figure("  a second", stored.seeds / max(stored.seconds, 1e-9), "1/s"),
        Figure("  actions promised", stored.actions, ""),
        Figure("  processes killed", stored.crashes, ""),
    ]
    count = max(200, min(_MOST_CONTROL_SEEDS, options.seeds // 10))
    for name, rules in CONTROLS.items():
        control = run_everywhere(0, min(count, 2_000) if name == "leases" else count, rules)
        share = _MOST_CONTROL_SEEDS / control.seeds
        figures += [
            Figure.at_least(f"control without {name}: bad of {control.seeds}", control.bad, "", 1),
            Figure("  bad in 20,000", control.bad * share, ""),
            Figure("  done twice in 20,000", control.doubled * share, ""),
        ]
    return figures


def _replay(options: argparse.Namespace) -> list[Figure]:
    seed, rules = options.seed, CONTROLS[options.without] if options.without else ALL_RULES
    with quiet():
        if options.on_store:
            (verdict,) = simulate_on_store((seed,), rules, trace=options.trace)
        else:
            verdict = simulate(seed, rules, trace=options.trace)
    for line in (*(verdict.trace or ()), *verdict.faults):
        print(line)
    return [
        Figure.at_most(f"faults of seed {seed}", len(verdict.faults), "", 0),
        Figure("  actions promised", verdict.actions, ""),
    ]
