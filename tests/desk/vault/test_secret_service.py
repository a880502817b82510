"""Promise: with a real Secret Service keys are kept, locked away and destroyed as they should."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from keyring.backends.SecretService import Keyring

from agent_app.desk.vault.key_keeper import StoreKeys
from agent_app.desk.vault.system_keyring import SystemKeyring
from agent_app.desk.work.keys import KeyringFailed, NoKey
from agent_app.desk.work.local import KeyPlace, StoreName
from agent_app.domain.ids import UserId
from tests.secret_service import NoSecretServiceError, SecretService

CHEN = StoreName.of("https://gateway.example.com", UserId("chen"))

pytestmark = pytest.mark.filterwarnings(
    # keyring leaves its connection to the bus open when the collection is locked; the collector
    # closes it, and says so.
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning",
    "ignore:unclosed <socket:ResourceWarning",
)


@pytest.fixture(scope="module")
def running() -> Iterator[SecretService]:
    try:
        service = SecretService()
    except NoSecretServiceError as error:
        pytest.skip(str(error))
    yield service
    service.close()


@pytest.fixture
def service(running: SecretService, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    for name, value in running.environment.items():
        monkeypatch.setenv(name, value)
    yield running
    # Here, where the warning is expected, and not in somebody else's test.
    gc.collect()


@pytest.fixture
def backend(service: SecretService) -> SystemKeyring:
    """Give this keyring by name: what the system prefers is looked for once in a process."""
    return SystemKeyring(Keyring())  # type: ignore[no-untyped-call]


@pytest.fixture
def keys(backend: SystemKeyring, tmp_path: Path) -> StoreKeys:
    return StoreKeys(tmp_path, backend._given)


def test_a_key_is_kept_encrypted_and_found_again(
    keys: StoreKeys, service: SecretService, tmp_path: Path, backend: SystemKeyring
) -> None:
    assert keys.safest() is KeyPlace.KEYRING
    key = keys.make(CHEN, KeyPlace.KEYRING)
    assert StoreKeys(tmp_path, backend._given).open(CHEN) == key
    [text] = service.texts()
    assert len(text) == 44, "one key, and nothing else"
    assert text not in service.files()
    keys.destroy(CHEN)
    assert service.texts() == []
    with pytest.raises(NoKey):
        keys.open(CHEN)


def test_what_is_written_in_place_of_another_is_the_only_one(
    keys: StoreKeys, service: SecretService
) -> None:
    keys.make(CHEN, KeyPlace.KEYRING)
    new = keys.make(CHEN, KeyPlace.KEYRING)
    assert keys.open(CHEN) == new
    assert len(service.texts()) == 1
    keys.destroy(CHEN)


def test_a_locked_keyring_gives_nothing_and_loses_nothing(
    keys: StoreKeys, running: SecretService
) -> None:
    key = keys.make(CHEN, KeyPlace.KEYRING)
    running.lock()
    with pytest.raises(KeyringFailed):
        keys.open(CHEN)
    with pytest.raises(KeyringFailed):
        keys.destroy(CHEN)
    assert keys.place(CHEN) is KeyPlace.KEYRING
    # The person's next login unlocks it.
    running.stop_keyring()
    running.start_keyring()
    assert keys.open(CHEN) == key
    keys.destroy(CHEN)


def test_an_absent_keyring_is_one_clear_error(keys: StoreKeys, running: SecretService) -> None:
    key = keys.make(CHEN, KeyPlace.KEYRING)
    running.stop_keyring()
    assert keys.safest() is KeyPlace.MEMORY
    with pytest.raises(KeyringFailed):
        keys.open(CHEN)
    running.start_keyring()
    assert keys.safest() is KeyPlace.KEYRING
    assert keys.open(CHEN) == key
    keys.destroy(CHEN)
