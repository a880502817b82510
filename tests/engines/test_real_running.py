"""A test that needs a real shop says so in one line; it cannot pass for having been run."""

from __future__ import annotations

import importlib

import pytest

from tests.engines.real.running import DEMANDED, running

BRINGUP = importlib.import_module("tests.engines.medusa.bringup")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    monkeypatch.delenv(DEMANDED, raising=False)


def test_where_no_shop_is_up_the_test_is_skipped_and_told_how_to_bring_it_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(BRINGUP, "status", lambda: None)
    with pytest.raises(pytest.skip.Exception, match=r"dev\.py shop medusa up"):
        running("medusa")


def test_where_the_run_is_about_the_shop_its_absence_is_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(BRINGUP, "status", lambda: None)
    monkeypatch.setenv(DEMANDED, "medusa")
    with pytest.raises(pytest.fail.Exception, match="does not run any more"):
        running("medusa")


def test_in_the_whole_suite_it_is_skipped_though_it_is_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(BRINGUP, "status", lambda: {"url": "http://127.0.0.1:9"})
    assert running("medusa")["url"]
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    with pytest.raises(pytest.skip.Exception, match=r"dev\.py test --shop medusa"):
        running("medusa")
