"""Promise: a configuration is used as written, or refused in one sentence that says where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from agent_app.gateway.__main__ import main
from agent_app.gateway.config import ConfigError, load, shown


def written(folder: Path, text: str) -> Path:
    path = folder / "gateway.toml"
    path.write_text(text, "utf-8")
    return path


def test_paths_are_relative_to_the_file_and_the_environment_wins(tmp_path: Path) -> None:
    path = written(tmp_path, 'port = 1\n[[shops]]\nid = "a"\nengine = "history"\nfolder = "past"\n')
    config = load(path, {"AGENT_APP_GATEWAY_PORT": "9001"})
    assert config.port == 9001
    assert Path(config.database) == tmp_path / "gateway.db"
    assert Path(config.shops[0].folder or "") == tmp_path / "past"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("port = ", "TOML"),
        ('prot = "1"', "prot"),
        ('[[shops]]\nid = "a"\nengine = "sandbox"\n', "url"),
        ('[[shops]]\nid = "a"\nengine = "history"\n', "folder"),
        ('[[shops]]\nid = "a"\nengine = "magento"\nurl = "x"\n', "engine"),
        ('[[shops]]\nid = "a"\nengine = "sandbox"\nurl = "x"\n' * 2, "two shops"),
        (
            '[[shops]]\nid = "a"\nengine = "history"\nfolder = "x"\nweights = {lost = 2}\n',
            "lost",
        ),
        ('[[shops]]\nid = "a"\nengine = "sandbox"\nurl = "x"\nteam = "*"\n', "team"),
        ('[[shops]]\nid = "a"\nengine = "sandbox"\nurl = "x"\ntimeout_s = 0\n', "timeout_s"),
        ('database = "mysql://db/name"\n', "postgresql"),
        ('[log]\nlevel = "loud"\n', "log.level"),
        ("[log]\nrequest = true\n", "request"),
        ('log = "info"\n', "log"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        load(written(tmp_path, text), {})


def test_every_plain_setting_can_come_from_the_environment(tmp_path: Path) -> None:
    environment = {
        "AGENT_APP_GATEWAY_HOST": "::1",
        "AGENT_APP_GATEWAY_WATCH_EVERY_S": "0.5",
        "AGENT_APP_GATEWAY_METRICS": "token",
        "AGENT_APP_GATEWAY_LOG_LEVEL": "warning",
        "AGENT_APP_GATEWAY_LOG_REQUESTS": "false",
        "AGENT_APP_GATEWAY_AUDIT_ANCHORS": "kept/anchors",
        "HOME": "elsewhere",
    }
    config = load(written(tmp_path, "port = 1\n[log]\nrequests = true\n"), environment)
    assert (config.host, config.port, config.watch_every_s) == ("::1", 1, 0.5)
    assert (config.metrics, config.log.level, config.log.requests) == ("token", "warning", False)
    assert config.anchors == tmp_path / "kept" / "anchors"


@pytest.mark.parametrize(
    ("name", "value"), [("PROT", "1"), ("PORT", "high"), ("SHOPS", "[]"), ("LOG", "info")]
)
def test_a_variable_that_cannot_be_used_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"AGENT_APP_GATEWAY_{name}"):
        load(written(tmp_path, ""), {f"AGENT_APP_GATEWAY_{name}": value})


def test_a_databases_password_comes_from_outside_and_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from-file\nrest\n", "utf-8")
    url = 'database = "postgresql://gw@db:5433/team"\n'
    from_file = load(written(tmp_path, url + 'database_password_file = "secret"\n'), {})
    password = {"AGENT_APP_GATEWAY_DATABASE_PASSWORD": "from environment/@"}
    from_environment = load(written(tmp_path, url), password)
    assert make_url(str(from_file.where)).password == "from-file"
    assert make_url(str(from_environment.where)).password == "from environment/@"
    for config in (from_file, from_environment):
        assert config.shown_database == "postgresql://gw:***@db:5433/team"
    assert shown("postgresql://gw:inside@db/team?password=also") == (
        "postgresql://gw:***@db/team?password=%2A%2A%2A"
    )
    with pytest.raises(ConfigError, match="database_password_file"):
        load(written(tmp_path, url + 'database_password_file = "absent"\n'), {})


def test_the_command_line_says_it_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--config", str(tmp_path / "absent.toml"), "serve"]) == 1
    said = capsys.readouterr().err.strip()
    assert "absent.toml" in said
    assert "\n" not in said


def test_users_are_kept_by_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = ["--config", str(written(tmp_path, ""))]
    assert main([*config, "user", "add", "li", "--name", "Li Wei", "--role", "agent"]) == 0
    assert main([*config, "user", "token", "li"]) == 0
    assert capsys.readouterr().out.startswith("aat_")
    assert main([*config, "user", "disable", "li"]) == 0
    assert main([*config, "user", "list"]) == 0
    assert "disabled" in capsys.readouterr().out
    assert main([*config, "user", "token", "nobody"]) == 1
    assert "nobody" in capsys.readouterr().err
    assert main([*config, "audit", "verify"]) == 0


def test_users_have_teams_and_tokens_with_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = ["--config", str(written(tmp_path, "")), "user"]
    add = [*config, "add", "li", "--name", "Li Wei", "--role", "senior"]
    assert main([*add, "--team", "north", "--team", "south", "--subject", "https://id li"]) == 0
    assert main([*config, "token", "li", "--label", "till", "--days", "3"]) == 0
    assert main([*config, "token", "li", "--label", "phone"]) == 0
    capsys.readouterr()
    assert main([*config, "tokens", "li"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert len(listed) == 2
    assert all("in force" in line and "used never" in line for line in listed)
    assert main([*config, "revoke", "li", "till"]) == 0
    assert main([*config, "revoke", "li", "till"]) == 1
    assert "till" in capsys.readouterr().err
    assert main([*config, "tokens", "li"]) == 0
    assert sorted("revoked" in x for x in capsys.readouterr().out.splitlines()) == [False, True]
    assert main([*config, "token", "li", "--days", "9999"]) == 1
    assert main([*config, "add", "li", "--name", "Li", "--role", "agent"]) == 0
    capsys.readouterr()
    assert main([*config, "list"]) == 0
    assert capsys.readouterr().out == "li\tagent\tactive\tnorth,south\tLi\thttps://id li\n"


def test_a_disabled_user_stays_so_until_he_is_enabled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = ["--config", str(written(tmp_path, "")), "user"]
    add = [*config, "add", "li", "--name", "Li Wei", "--role", "senior"]
    assert main(add) == 0
    assert main([*config, "disable", "li"]) == 0
    assert main(add) == 0
    assert main([*config, "token", "li"]) == 1
    assert main([*config, "enable", "li"]) == 0
    assert main([*config, "token", "li"]) == 0
    assert capsys.readouterr().out.startswith("aat_")


def test_the_api_document_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["openapi"]) == 0
    assert json.loads(capsys.readouterr().out)["openapi"].startswith("3.1")
