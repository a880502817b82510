"""The benchmark harness tells met from missed, skips with a reason, and never passes on nothing."""

import importlib
import itertools
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.bench import registry
from tests.bench.figures import Figure

HEAD = "from tests.bench.figures import Figure, Skip\nNAME = {name!r}\nSUMMARY = 'a sample'\n"
_numbers = itertools.count()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., ModuleType]]:
    """Make a real package of benchmarks from one body of `run` per name."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []

    def make(**bodies: str) -> ModuleType:
        name = f"benches_{next(_numbers)}"
        made.append(name)
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text('"""Samples."""\n', "utf-8")
        (folder / "shared.py").write_text('"""No benchmark: it has no NAME."""\n', "utf-8")
        for bench, body in bodies.items():
            source = HEAD.format(name=bench) + f"def run() -> list[Figure]:\n    {body}\n"
            (folder / f"{bench}.py").write_text(source, "utf-8")
        return importlib.import_module(name)

    yield make
    for module in [module for module in sys.modules if module.split(".")[0] in made]:
        del sys.modules[module]


MET = "return [Figure.at_most('wait', 3.0, 'ms', 5.0, peer=4.0, limit='one frame')]"
MISSED = "return [Figure.at_least('recall', 0.5, '', 0.95)]"
TOLD = "return [Figure('orders', 8135, 'orders')]"


def test_a_missed_target_ends_non_zero(
    package: Callable[..., ModuleType], capsys: pytest.CaptureFixture[str]
) -> None:
    assert registry.main(package(good=MET, bad=MISSED), [], None) == 1
    assert "MISSED" in capsys.readouterr().out


def test_met_targets_and_told_figures_end_zero(
    package: Callable[..., ModuleType], capsys: pytest.CaptureFixture[str]
) -> None:
    assert registry.main(package(good=MET, told=TOLD), [], None) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["wait", "3", "ms", "one", "frame", "4", "5", "met"] in rows
    assert ["orders", "8,135", "orders", "-", "-", "-"] in rows


def test_only_the_named_benchmark_runs(package: Callable[..., ModuleType]) -> None:
    assert registry.main(package(good=MET, bad=MISSED), ["good"], None) == 0
    assert registry.main(package(good=MET, bad=MISSED), ["bad"], None) == 1


def test_an_unknown_name_says_which_there_are(
    package: Callable[..., ModuleType], capsys: pytest.CaptureFixture[str]
) -> None:
    assert registry.main(package(good=MET), ["goood"], None) == 2
    assert "no such benchmark: goood; there are: good" in capsys.readouterr().out


def test_absent_material_skips_with_its_reason(
    package: Callable[..., ModuleType], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    report = tmp_path / "figures" / "report.json"
    skipping = package(far="raise Skip('no order histories in histories/')", good=MET)
    assert registry.main(skipping, [], report) == 0
    assert "skipped: no order histories in histories/" in capsys.readouterr().out
    results = {row["name"]: row for row in json.loads(report.read_text("utf-8"))["results"]}
    assert results["far"]["skipped"] == "no order histories in histories/"
    assert results["good"]["figures"][0]["value"] == 3.0


def test_the_json_report_tells_a_miss(package: Callable[..., ModuleType], tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    registry.main(package(bad=MISSED), [], report)
    assert json.loads(report.read_text("utf-8"))["ok"] is False


def test_a_benchmark_that_measures_nothing_is_an_error(package: Callable[..., ModuleType]) -> None:
    with pytest.raises(ValueError, match="returned no figures"):
        registry.main(package(empty="return []"), [], None)


@pytest.mark.parametrize(
    ("value", "most", "least"), [(1, True, False), (2, True, True), (3, False, True)]
)
def test_a_target_is_met_on_the_right_side_of_it(value: float, most: bool, least: bool) -> None:
    assert Figure.at_most("x", value, "s", 2).ok is most
    assert Figure.at_least("x", value, "s", 2).ok is least


OPTIONED = "return [Figure.at_most('kills', options.kills, '', 5)]"


def test_options_go_to_the_one_benchmark_that_is_named(package: Callable[..., ModuleType]) -> None:
    benches = package(kill=OPTIONED, good=MET)
    module = importlib.import_module(f"{benches.__name__}.kill")
    assert isinstance(module.__file__, str)
    body = Path(module.__file__).read_text("utf-8").replace("def run()", "def run(options)")
    adds = "def add_options(parser):\n    parser.add_argument('--kills', type=int, default=9)\n"
    exec(body + adds, vars(module))
    assert registry.main(benches, ["kill"], None, ["--kills", "4"]) == 0
    assert registry.main(benches, ["kill"], None) == 1
    assert registry.main(benches, ["kill", "good"], None, ["--kills", "4"]) == 2
    with pytest.raises(SystemExit):
        registry.main(benches, ["good"], None, ["--kills", "4"])
