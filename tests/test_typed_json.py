"""Promise: types are learnt by one thread at a time, or the process may die in the middle of it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from agent_app import typed_json
from agent_app.domain.money import Money

_ROOT = Path(__file__).resolve().parent.parent
_TWO_THREADS = '''
"""Learn a type in one thread, slowly, while another uses a type that holds it."""
import sys, threading, time
from dataclasses import dataclass
import msgspec, msgspec._utils
from agent_app import typed_json

@dataclass
class Inner:
    number: int
    text: str

@dataclass
class First:
    inner: Inner

@dataclass
class Second:
    first: First

decode = typed_json.decode if sys.argv[1] == "ours" else (
    lambda body, of: msgspec.json.decode(body, type=of)
)
begun = threading.Event()

learn = msgspec._utils.get_class_annotations

def slowly(cls, *more):
    hints = learn(cls, *more)
    if cls is Inner:
        # By now msgspec has written what it knows of First, and that is not yet its field.
        begun.set()
        time.sleep(0.5)
    return hints

msgspec._utils.get_class_annotations = slowly
body = b'{"inner": {"number": 1, "text": "a"}}'
one = threading.Thread(target=decode, args=(body, First))
one.start()
begun.wait()
assert decode(b'{"first": ' + body + b"}", Second) == Second(First(Inner(1, "a")))
one.join()
print("both decoded")
'''


def two_threads(whose: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _TWO_THREADS, whose],
        capture_output=True, text=True, cwd=_ROOT, timeout=60, check=False,
    )  # fmt: skip


def test_a_type_may_be_met_while_another_thread_learns_it() -> None:
    done = two_threads("ours")
    assert done.stdout == "both decoded\n", (done.returncode, done.stderr)


def test_msgspec_alone_does_not_stand_it() -> None:
    """The negative control. If it is mended one day, `typed_json` may go."""
    done = two_threads("msgspec's own")
    assert done.returncode < 0, f"msgspec learns types safely now: {done.stdout}{done.stderr}"


def test_values_and_types_are_told_apart() -> None:
    assert typed_json.convert({"amount_minor": 5, "currency": "EUR"}, Money) == Money(5, "EUR")
    assert typed_json.decode(b"[1, 2]", list[int]) == [1, 2]


_LEARN = {"decode", "convert", "Decoder"}


def learners(source: str) -> list[int]:
    """Return the lines of a module that let msgspec learn a type by itself."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        words = ast.unparse(node.func).split(".")
        typed = bool(node.keywords) or len(node.args) > 1 or words[-1] == "Decoder"
        if words[0] == "msgspec" and words[-1] in _LEARN and typed:
            found.append(node.lineno)
    return found


def test_no_other_module_lets_types_be_learnt() -> None:
    modules = [p for p in (_ROOT / "agent_app").rglob("*.py") if p.name != "typed_json.py"]
    found = {str(p.relative_to(_ROOT)): learners(p.read_text("utf-8")) for p in modules}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "source",
    [
        "msgspec.json.decode(b'', type=int)",
        "msgspec.convert(1, int)",
        "msgspec.json.Decoder(int)",
    ],
)
def test_one_that_does_is_found(source: str) -> None:
    assert learners(f"import msgspec\n{source}\n") == [2]
