"""The repository stays portable and readable: no hosts in locks, no overlong modules."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LONGEST_MODULE = 400
PYTHON = ("dev.py", "agent_app/**/*.py", "devtools/**/*.py", "tests/**/*.py")
# Calls that read a clock, in whatever way the module was imported.
_CLOCK_CALLS = {"now", "utcnow", "today", "monotonic", "perf_counter", "time_ns"}
# Hosts and paths of the machine that a lock file was made on, and options that name one.
_MACHINE = re.compile(
    r"://|^\s*(-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b"
    r"|(^|\s)(~|[A-Za-z]:)?/\w|@ file:",
    re.MULTILINE,
)


def machine_traces(lock: str) -> list[str]:
    """Return the lines of a lock file that say where it was made or downloaded from."""
    return [line for line in lock.splitlines() if _MACHINE.search(line)]


def unhashed(lock: str) -> list[str]:
    """Return the pins of a lock file that no hash follows."""
    return re.findall(r"^([a-z0-9][^\s=]*==[^\s]+)(?![^\n]*\\\n\s+--hash=sha256:)", lock, re.M)


def unmet(requirements: list[str], lock: str) -> list[str]:
    """Return the requirements that a lock file does not pin to a version they allow."""
    pins = {
        canonicalize_name(name): version
        for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", lock, re.M)
    }
    wanted = [Requirement(text) for text in requirements]
    return [
        str(one)
        for one in wanted
        if not one.specifier.contains(pins.get(canonicalize_name(one.name), "0"))
    ]


def impurities(source: str) -> list[str]:
    """Return what a domain module does that a pure one must not: other packages, clocks."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        else:
            modules = []
        found += [
            f"imports {module}"
            for module in modules
            if module.split(".")[0] not in sys.stdlib_module_names
            and not f"{module}.".startswith("agent_app.domain.")
        ]
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr in _CLOCK_CALLS:
            found.append(f"reads a clock: {node.func.attr}, line {node.lineno}")
        if isinstance(node.func, ast.Name) and node.func.id in ("open", "print", "input"):
            found.append(f"does I/O: {node.func.id}, line {node.lineno}")
    return found


@pytest.mark.parametrize("name", ["desk", "dev", "gateway"])
def test_lock_files_name_no_host_and_no_path_and_carry_hashes(name: str) -> None:
    lock = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    assert lock.count("==") > 10
    assert machine_traces(lock) == []
    assert unhashed(lock) == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://packages.example/simple",
        "-i packages.example",
        "--find-links wheels",
        "#    uv pip compile /home/somebody/project/pyproject.toml",
        "a @ file:///home/somebody/a.whl",
    ],
)
def test_a_host_or_path_in_a_lock_file_is_seen(line: str) -> None:
    assert machine_traces(f"a==1 \\\n    --hash=sha256:00\n{line}\n") == [line]


def test_a_pin_without_hash_is_seen() -> None:
    lock = "a==1 \\\n    --hash=sha256:00\nb==2 ; python_version < '3.12'\nc==3\n"
    assert unhashed(lock) == ["b==2", "c==3"]


def test_lock_files_fit_what_pyproject_asks_for() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    desk = pyproject["project"]["dependencies"]
    gateway = pyproject["project"]["optional-dependencies"]["gateway"]
    dev = pyproject["dependency-groups"]["dev"]
    for name, asked in {"desk": desk, "gateway": gateway, "dev": desk + gateway + dev}.items():
        lock = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
        assert unmet(asked, lock) == [], f"run `python3 dev.py lock` ({name})"


def test_a_requirement_that_is_not_locked_or_locked_too_low_is_seen() -> None:
    assert unmet(["a>=2", "b", "C_d~=1.1"], "a==1 \\\nb==0.1\nc-d==1.4 ; x\n") == ["a>=2"]
    assert unmet(["missing>=1"], "a==1\n") == ["missing>=1"]


def test_the_gateway_is_set_up_without_qt() -> None:
    assert "pyside6" not in (ROOT / "requirements" / "gateway.txt").read_text("utf-8").lower()


def test_no_module_is_longer_than_a_room() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines())
        for pattern in PYTHON
        for path in ROOT.glob(pattern)
    }
    assert len(lengths) > 20
    assert {name: n for name, n in lengths.items() if n > LONGEST_MODULE} == {}


def test_the_domain_is_pure() -> None:
    modules = sorted((ROOT / "agent_app" / "domain").rglob("*.py"))
    assert modules
    found = {path.name: impurities(path.read_text("utf-8")) for path in modules}
    assert {name: problems for name, problems in found.items() if problems} == {}


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("import msgspec", "imports msgspec"),
        ("from agent_app.contract import orders", "imports agent_app.contract"),
        ("from datetime import datetime\nx = datetime.now(None)", "reads a clock: now, line 2"),
        ("def f():\n    print(1)", "does I/O: print, line 2"),
    ],
)
def test_an_impure_domain_module_is_seen(source: str, problem: str) -> None:
    assert impurities(source) == [problem]
