"""Promise: the doctor finds each thing that is wrong, says what to do, and changes nothing."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from agent_app.domain.actions import ActionKind
from agent_app.domain.ids import UserId
from agent_app.gateway import anchors, doctor
from agent_app.gateway.__main__ import main
from agent_app.gateway.config import Config, ShopConfig, load
from agent_app.gateway.doctor_shop import look_at_shop
from agent_app.gateway.findings import Level
from agent_app.gateway.store import audit, moved, schema
from agent_app.gateway.store.codec import time_text
from agent_app.gateway.store.database import Database
from tests.gateway.world import World
from tests.processes import sandbox

Break = Callable[[Path], None]


def config(folder: Path, text: str = "") -> Config:
    """Return a configuration whose port nobody serves."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    (folder / "gateway.toml").write_text(f"port = {port}\n{text}", "utf-8")
    return load(folder / "gateway.toml", {})


def found(folder: Path, text: str = "") -> dict[Level, str]:
    """Return what the doctor says, by level."""
    lines: dict[Level, list[str]] = {level: [] for level in Level}
    for finding in doctor.examine(config(folder, text)):
        lines[finding.level].append(f"{finding.about}: {finding.told}")
    return {level: "\n".join(said) for level, said in lines.items()}


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """Give the folder of a gateway at which nothing is wrong: cases, a log and its anchor."""
    world = World(tmp_path)
    world.clock.at = world.database.clock.now()
    case = world.claimed(world.shop.stuck("PG-1"), world.lead)
    world.request(case, ActionKind.REFUND, world.lead, reason="wants it back")
    world.work()
    with world.database.read() as connection:
        head = audit.head(connection)
    assert head is not None
    anchors.append(tmp_path / "gateway.db.anchors", anchors.Anchor(head.seq, head.hash))
    world.close()
    (tmp_path / "gateway.db").chmod(0o640)
    return tmp_path


def test_a_sound_gateway_fails_at_nothing(sound: Path) -> None:
    said = found(sound)
    assert not said[Level.FAIL]
    for about in ("disk", "database", "migrations", "audit", "counts", "actions", "sign-in"):
        assert f"{about}: " in said[Level.OK]
    assert "1 anchors agree" in said[Level.OK]
    assert "none answers" in said[Level.WARN]


def changed(statement: str) -> Break:
    def break_it(folder: Path) -> None:
        with contextlib.closing(sqlite3.connect(folder / "gateway.db")) as file:
            file.execute(statement)
            file.commit()

    return break_it


def damaged(folder: Path) -> None:
    with contextlib.closing(sqlite3.connect(folder / "gateway.db")) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = file.execute("SELECT rootpage FROM sqlite_master WHERE name = 'cases'").fetchone()[0]
        size = file.execute("PRAGMA page_size").fetchone()[0]
    with (folder / "gateway.db").open("r+b") as raw:
        raw.seek((root - 1) * size)
        raw.write(b"\x00" * 200)


def moved_away(folder: Path) -> None:
    database = Database(folder / "gateway.db")
    with contextlib.closing(database), database.write() as connection:
        moved.mark_moved(connection, moved.MovedTo("postgresql://there/db", "1"))


def arriving(folder: Path) -> None:
    database = Database(folder / "gateway.db")
    with contextlib.closing(database), database.write() as connection:
        moved.put(connection, moved.ARRIVING, "1")


@pytest.mark.parametrize(
    ("break_it", "told"),
    [
        (damaged, "damaged"),
        (changed("UPDATE audit SET who = 'x' WHERE seq = 2"), "changed at entry 2"),
        (changed("DELETE FROM audit WHERE seq > 2"), "cut off after entry 2"),
        (changed("UPDATE queue_counts SET n = n + 1"), "doctor --recount"),
        (changed("UPDATE alembic_version SET version_num = '9999'"), "at 9999"),
        (moved_away, "was moved to postgresql://there/db"),
        (arriving, "has not ended"),
        (lambda folder: (folder / "gateway.db").write_bytes(b"no database" * 100), "damaged"),
        (lambda folder: (folder / "gateway.db.anchors").write_text("odd\n"), "line 1"),
    ],
)
def test_what_is_broken_is_found(sound: Path, break_it: Break, told: str) -> None:
    break_it(sound)
    assert told in found(sound)[Level.FAIL]


def test_it_changes_nothing(sound: Path) -> None:
    changed("UPDATE alembic_version SET version_num = '0002'")(sound)
    before = (sound / "gateway.db").read_bytes()
    assert "migrate" in found(sound)[Level.FAIL]
    assert (sound / "gateway.db").read_bytes() == before
    nowhere = found(sound, 'database = "absent.db"\n')
    assert "is not there yet" in nowhere[Level.WARN]
    assert not (sound / "absent.db").exists()


def test_actions_that_are_stuck_are_told(sound: Path) -> None:
    with contextlib.closing(Database(sound / "gateway.db")) as database:
        old = time_text(database.clock.now() - timedelta(hours=1))
        for values in (
            {"state": "needs_person", "next_try_at": None},
            {"next_try_at": old},
            {"lease_until": old},
        ):
            with database.write() as connection:
                connection.execute(sa.update(schema.actions).values(open=True, **values))
            said = found(sound)[Level.WARN]
            assert "actions: 1 " in said


def test_shops_are_asked(sound: Path) -> None:
    with sandbox() as shop:
        here = f'[[shops]]\nid = "here"\nengine = "sandbox"\nurl = "{shop.base_url}"\n'
        away = '[[shops]]\nid = "away"\nengine = "sandbox"\nurl = "http://127.0.0.1:9"\n'
        none = '[[shops]]\nid = "none"\nengine = "history"\nfolder = "absent"\n'
        said = found(sound, here + away + none)
    assert "shop here: answers" in said[Level.OK]
    assert "shop away: does not answer" in said[Level.FAIL]
    assert "shop none: cannot be opened" in said[Level.FAIL]


def test_an_issuer_that_does_not_answer_is_found(sound: Path) -> None:
    oidc = '[oidc]\nissuer = "http://127.0.0.1:9"\naudience = "gateway"\npublic_url = "http://127.0.0.1"\n'
    assert "sign-in: http://127.0.0.1:9" in found(sound, oidc)[Level.FAIL]


def test_what_the_configuration_lays_open_is_told(sound: Path) -> None:
    said = found(sound, 'host = "0.0.0.0"\nmetrics = "open"\n')[Level.WARN]
    assert "without TLS" in said
    assert "figures are open" in said
    (sound / "gateway.db").chmod(0o644)
    assert "chmod 640" in found(sound)[Level.WARN]


def test_postgresql_is_looked_over_and_its_password_not_shown(
    tmp_path: Path, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    database = Database(postgres_url)
    with contextlib.closing(database), database.write() as connection:
        audit.record(connection, database.clock.now(), UserId("li"), "case_claimed")
    url = sa.make_url(postgres_url)
    config(tmp_path, f'database = "{postgres_url}"\n')
    command = ["--config", str(tmp_path / "gateway.toml"), "doctor"]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "PostgreSQL" in said
    assert "clock differs" in said
    engine = sa.create_engine(url.set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        name = f'"{url.database}"'
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET synchronous_commit = off")
    engine.dispose()
    assert main(command) == 1
    said += capsys.readouterr().out
    assert "synchronous_commit is off" in said
    assert str(url.password) not in said


def test_wrong_counts_are_mended_when_asked_to(
    sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed("UPDATE queue_counts SET n = n + 1")(sound)
    config(sound)
    command = ["--config", str(sound / "gateway.toml"), "doctor"]
    assert main(command) == 1
    assert main([*command, "--recount"]) == 0
    assert "counted right" in capsys.readouterr().out


def test_control_a_shop_of_the_configuration_is_really_asked() -> None:
    shop = ShopConfig(id="away", engine="sandbox", url="http://127.0.0.1:9")
    assert [f.level for f in look_at_shop(shop)] == [Level.FAIL]
