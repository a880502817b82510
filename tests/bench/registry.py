"""Find the benchmarks of a package and run them; used by `python -m tests.bench` and its tests.

A benchmark is a module with NAME, SUMMARY and `run() -> list[Figure]`. One that takes options also
has `add_options(parser)`, and then `run(options)` gets what was parsed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from tests.bench.figures import Figure, Skip

_HEADINGS = ("figure", "value", "unit", "limit", "peer", "target", "verdict")


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark as its module declares it."""

    name: str
    summary: str
    run: Callable[..., list[Figure]]
    """Called with the parsed options if there is `add_options`, else without arguments."""
    add_options: Callable[[argparse.ArgumentParser], None] | None = None

    def measure(self, options: Sequence[str] = ()) -> list[Figure]:
        """Run it with these words of the command line.

        Raises:
            SystemExit: it takes no such options.
        """
        parser = argparse.ArgumentParser(prog=f"dev.py bench {self.name}", description=self.summary)
        if self.add_options is not None:
            self.add_options(parser)
        parsed = parser.parse_args(options)
        return self.run(parsed) if self.add_options is not None else self.run()


@dataclass(frozen=True, slots=True)
class Result:
    """What one run of a benchmark gave: figures, or the reason why there are none."""

    name: str
    summary: str
    seconds: float
    figures: tuple[Figure, ...] = ()
    skipped: str | None = None

    @property
    def missed(self) -> bool:
        """Tell whether a target was missed."""
        return any(figure.ok is False for figure in self.figures)


def find(package: ModuleType) -> dict[str, Benchmark]:
    """Return the benchmarks of a package by name: its modules that declare a NAME."""
    found = {}
    for module_info in iter_modules(package.__path__, f"{package.__name__}."):
        if module_info.name.endswith(".__main__"):
            continue
        module = importlib.import_module(module_info.name)
        if hasattr(module, "NAME"):
            found[module.NAME] = Benchmark(
                module.NAME, module.SUMMARY, module.run, getattr(module, "add_options", None)
            )
    return found


def run(benchmark: Benchmark, options: Sequence[str] = ()) -> Result:
    """Run one benchmark; what it raises beside Skip is a bug in it and is not caught.

    Raises:
        ValueError: it measured nothing, which must not pass for a target met.
    """
    start = time.perf_counter()
    try:
        figures = tuple(benchmark.measure(options))
    except Skip as reason:
        seconds = time.perf_counter() - start
        return Result(benchmark.name, benchmark.summary, seconds, skipped=str(reason))
    if not figures:
        raise ValueError(f"benchmark {benchmark.name} returned no figures")
    return Result(benchmark.name, benchmark.summary, time.perf_counter() - start, figures)


def _cell(value: float | str | None) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else f"{value:,.4g}" if value < 1e4 else f"{value:,.0f}"


def table(result: Result) -> str:
    """Lay out one result for the terminal."""
    head = f"{result.name}: {result.summary} ({result.seconds:.1f} s)"
    if result.skipped is not None:
        return f"{head}\n  skipped: {result.skipped}"
    verdicts = {True: "met", False: "MISSED", None: ""}
    rows = [_HEADINGS] + [
        (
            *(figure.name, _cell(figure.value), figure.unit, _cell(figure.limit)),
            *(_cell(figure.peer), _cell(figure.target), verdicts[figure.ok]),
        )
        for figure in result.figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([head, *(f"  {line}" for line in lines)])


def report(results: Sequence[Result]) -> dict[str, object]:
    """Return all results and the machine they were measured on, ready for JSON."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "ok": not any(result.missed for result in results),
        "results": [{**asdict(result), "missed": result.missed} for result in results],
    }


def main(
    package: ModuleType, names: Sequence[str], json_file: Path | None, options: Sequence[str] = ()
) -> int:
    """Run the named benchmarks, or all; return 1 when a target is missed, 2 for a wrong name.

    `options` are for a benchmark that is named alone.
    """
    benchmarks = find(package)
    unknown = [name for name in names if name not in benchmarks]
    if unknown or not benchmarks:
        known = ", ".join(sorted(benchmarks)) or "none"
        print(f"bench: no such benchmark: {', '.join(unknown)}; there are: {known}")
        return 2
    if options and len(names) != 1:
        print(f"bench: name the one benchmark that is meant by {' '.join(options)}")
        return 2
    results = []
    for name in names or sorted(benchmarks):
        results.append(run(benchmarks[name], options))
        print(table(results[-1]), flush=True)
    if json_file is not None:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(report(results), ensure_ascii=False, indent=2)
        json_file.write_text(text + "\n", "utf-8")
    return 1 if any(result.missed for result in results) else 0
