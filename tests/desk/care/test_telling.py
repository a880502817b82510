"""What the desk writes of itself holds places and no words; whoever writes a customer's are not."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_app.desk.care import bundle, log_file
from agent_app.desk.care.crashes import MOST, CrashReports
from agent_app.desk.care.heartbeat import Heartbeat
from agent_app.desk.care.last_good import LastGoodFile
from agent_app.desk.care.telling import scrubbed
from agent_app.desk.work.network import NetworkChoice, ProxyUse
from agent_app.desk.work.preferences import Preferences
from agent_app.desk.work.selftest import Part
from tests.processes import ROOT

SECRET = "王小明 +86 138 0013 8000 wang@example.com"
_log = logging.getLogger("agent_app.test")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    before = root.level
    path = log_file.configure(tmp_path / "logs", logging.INFO)
    assert path is not None
    yield path
    log_file.release()
    root.setLevel(before)


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_line_holds_its_literal_words_numbers_and_types(log: Path) -> None:
    _log.warning("could not keep %s of %d: %s", SECRET, 3, KeyError(SECRET))
    line = _lines(log)[0]
    assert line["said"] == "could not keep (left out) of 3: builtins.KeyError"
    assert line["level"] == "warning"
    assert str(line["place"]).startswith("agent_app.test:")
    assert SECRET not in log.read_text("utf-8")


def test_what_is_put_together_is_told_by_its_place_alone(log: Path) -> None:
    _log.warning(f"the row {SECRET}")
    _log.warning(SECRET + " again")
    _log.warning("number %d", 13800138000)
    logging.getLogger("some.library").warning("GET %s", f"https://gw/?q={SECRET}")
    said = [line["said"] for line in _lines(log)]
    assert said == ["(left out)", "(left out)", "number %d", "GET (left out)"]


def test_an_errors_words_stay_out(log: Path) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        _log.exception("reading failed")
    text = log.read_text("utf-8")
    assert "builtins.ValueError" in text
    assert "test_an_errors_words_stay_out" in text
    assert "example.com" not in text


def test_a_plain_log_holds_it_all(tmp_path: Path) -> None:
    """The control: what the same line says without the desk's own formatting."""
    handler = logging.FileHandler(tmp_path / "plain.log", encoding="utf-8")
    _log.addHandler(handler)
    try:
        _log.warning("could not keep %s", SECRET)
    finally:
        _log.removeHandler(handler)
        handler.close()
    assert SECRET in (tmp_path / "plain.log").read_text("utf-8")


def test_the_log_begins_anew_and_does_not_grow_for_ever(log: Path) -> None:
    for number in range(9_000):
        _log.warning("a line that is long enough to fill the file after a while %d", number)
    files = sorted(log.parent.glob("desk.log*"))
    assert [file.name for file in files] == ["desk.log", "desk.log.1", "desk.log.2"]
    assert sum(file.stat().st_size for file in files) < 2 * 1024 * 1024


def test_a_folder_that_takes_no_file_costs_the_log_only(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file is in the way", "utf-8")
    assert log_file.configure(tmp_path / "logs") is None
    _log.warning("said")
    log_file.release()


def _fail() -> None:
    contact = SECRET
    raise LookupError(f"no row for {contact}")


def test_a_crash_is_told_by_its_places(tmp_path: Path) -> None:
    reports = CrashReports(tmp_path, "1.2")
    try:
        _fail()
    except LookupError as error:
        reports.report(error, "program")
        reports.report(error, "program")
    (path,) = reports.all()
    text = path.read_text("utf-8")
    report = json.loads(text)
    assert report["errors"][0]["type"] == "builtins.LookupError"
    assert report["errors"][0]["at"][-1].endswith(" _fail")
    assert "example.com" not in text
    assert "王" not in text


def test_the_hooks_catch_threads_slots_and_destructors(tmp_path: Path) -> None:
    class Bad:
        def __del__(self) -> None:
            raise RuntimeError(SECRET)

    reports = CrashReports(tmp_path, "1.2")
    reports.install(lambda: None)
    try:
        thread = threading.Thread(target=_fail)
        thread.start()
        thread.join()
        Bad()
        sys.excepthook(ValueError, ValueError(SECRET), None)
    finally:
        reports.release()
    where = sorted(json.loads(path.read_text("utf-8"))["where"] for path in reports.all())
    assert where == ["program", "thread", "unraisable"]
    assert all("example.com" not in path.read_text("utf-8") for path in tmp_path.iterdir())


def test_ctrl_c_is_no_crash(tmp_path: Path) -> None:
    asked: list[bool] = []
    reports = CrashReports(tmp_path, "1.2")
    reports.install(lambda: asked.append(True))
    try:
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    finally:
        reports.release()
    assert asked == [True]
    assert reports.all() == ()


def test_at_most_so_many_are_kept_and_new_ones_are_offered_once(tmp_path: Path) -> None:
    reports = CrashReports(tmp_path, "1.2")
    for number in range(MOST + 5):
        reports._write("program", [number], str(number))
    assert len(reports.all()) == MOST
    newest = json.loads(reports.all()[-1].read_text("utf-8"))
    assert newest["errors"] == [MOST + 4]
    assert len(reports.unseen()) == MOST
    reports.look_at()
    assert reports.unseen() == ()
    reports._write("program", ["new"], "new")
    assert len(reports.unseen()) == 1


def test_a_death_of_the_interpreter_is_a_report_at_the_next_start(tmp_path: Path) -> None:
    program = (
        "import sys, faulthandler\n"
        "from pathlib import Path\n"
        "from agent_app.desk.care.crashes import CrashReports\n"
        "CrashReports(Path(sys.argv[1]), '1.2').install(lambda: None)\n"
        "faulthandler._sigsegv()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, check=False, capture_output=True
    )
    assert ended.returncode != 0
    reports = CrashReports(tmp_path, "1.2")
    assert reports.all() == ()
    reports.install(lambda: None)
    reports.release()
    (path,) = reports.unseen()
    told = json.loads(path.read_text("utf-8"))
    assert told["where"] == "native"
    assert "Segmentation fault" in told["errors"][0]
    assert str(ROOT) not in path.read_text("utf-8")


def test_the_heartbeat_tells_the_longest_hold_up() -> None:
    heart = Heartbeat(0.05)
    for at in (0.0, 0.05, 0.1, 0.27, 0.32, 1.6):
        heart.beat(at)
    seen = heart.seen()
    assert seen.beats == 6
    assert seen.longest_ms == 1230.0
    assert seen.late == (2, 2, 2, 1, 1)
    heart.start_anew()
    heart.beat(50.0)
    assert heart.seen().longest_ms == 0.0


def _material(folder: Path, preferences: Preferences) -> bundle.Material:
    return bundle.Material(
        log=folder / "desk.log",
        crashes=CrashReports(folder / "crashes", "1.2"),
        heartbeat=Heartbeat(0.05),
        preferences=lambda: preferences,
        figures=lambda: {"clicks_waiting": 3},
        selftest=lambda: "fine by http://me:s3cret@proxy.example:3128\n",
    )


def test_the_bundle_is_shown_as_it_is_saved_and_holds_no_secret(tmp_path: Path) -> None:
    crashes = CrashReports(tmp_path / "crashes", "1.2")
    (tmp_path / "crashes").mkdir()
    crashes._write("program", ["builtins.ValueError"], "once")
    # As if somebody had written what he must not: the second line holds it back.
    (tmp_path / "desk.log").write_text(
        "GET https://gw.example/v1/cases?q=secret wang@example.com 13800138000 "
        "Authorization: Bearer abcdefgh12345\n",
        "utf-8",
    )
    preferences = Preferences(
        gateway_url="https://me:pw@gw.example:8443/path?token=t0ken",
        window="AAAA",
        network=NetworkChoice(ProxyUse.MANUAL, "http://proxy.example", "/home/chen/company.pem"),
    )
    parts = bundle.gathered(_material(tmp_path, preferences))
    whole = "\n".join(part.text for part in parts)
    for secret in (
        *("s3cret", "me:pw", "t0ken", "/home/chen", "AAAA", "q=secret"),
        *("wang@example.com", "13800138000", "abcdefgh12345"),
    ):
        assert secret not in whole, secret
    for told in ("gw.example", "clicks_waiting", "longest_hold_up_ms", "PySide6", "ValueError"):
        assert told in whole
    bundle.save(parts, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as saved:
        assert {name: saved.read(name).decode() for name in saved.namelist()} == {
            part.name: part.text for part in parts
        }


def test_a_bundle_that_cannot_be_saved_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match=r".+"):
        bundle.save([bundle.Part("a.txt", "b")], tmp_path / "taken")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_without_the_scrubbing_it_would_be_there() -> None:
    """The control of the scrubbing's patterns."""
    text = "a@b.example 1234567 Bearer abcdefgh https://x/y?z=1"
    assert scrubbed(text) == "… … Bearer … https://x/y"
    assert scrubbed("123456 12:30:55 2026-11-23 10.0 ms") == "123456 12:30:55 2026-11-23 10.0 ms"


def test_the_times_of_the_last_good_run_are_kept_for_each_gateway(tmp_path: Path) -> None:
    file = LastGoodFile(tmp_path / "new" / "network-test.json")
    assert file.times("gw.example") == {}
    file.keep("gw.example", {Part.TLS: 12.34})
    file.keep("other.example", {Part.TLS: 1.0})
    again = LastGoodFile(tmp_path / "new" / "network-test.json")
    assert again.times("gw.example") == {Part.TLS: 12.3}
    assert "gw.example" not in (tmp_path / "new" / "network-test.json").read_text("utf-8")
    (tmp_path / "new" / "network-test.json").write_text("[1]", "utf-8")
    assert again.times("gw.example") == {}
