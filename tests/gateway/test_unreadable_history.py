"""A history folder that cannot be read stops the start with one line that names the place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent_app.engines.history.sample import write_sample
from agent_app.gateway.__main__ import main


def test_an_unreadable_history_is_one_line_and_not_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_sample(tmp_path / "orders")
    (folder / "customers.csv").unlink()
    config = tmp_path / "gateway.toml"
    config.write_text(
        f'port = 0\n[[shops]]\nid = "h"\nengine = "history"\nfolder = {json.dumps(str(folder))}\n',
        "utf-8",
    )
    assert main(["--config", str(config), "serve"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "customers.csv is missing" in said
