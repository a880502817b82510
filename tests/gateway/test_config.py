"""Promise: a configuration is used as written, or refused in one sentence that says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent_app.gateway.__main__ import main
from agent_app.gateway.config import ConfigError, load


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
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        load(written(tmp_path, text), {})


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
