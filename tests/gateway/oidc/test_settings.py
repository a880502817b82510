"""Promise: sign-in is set up as written, or refused in one sentence that says what is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent_app.domain.roles import Role
from agent_app.gateway.config import ConfigError, load

GOOD = """
[oidc]
issuer = "https://login.example.test/"
audience = "gateway"
public_url = "https://gateway.example.test/"
clients = ["desk"]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "gateway.toml"
    path.write_text(text, "utf-8")
    return path


def test_roles_and_teams_come_in_the_order_written(tmp_path: Path) -> None:
    more = '[oidc.roles]\n"leads" = "lead"\n"people" = "agent"\n[oidc.teams]\n"eu" = "europe"\n'
    oidc = load(written(tmp_path, GOOD + more), {}).oidc
    assert oidc is not None
    assert list(oidc.roles.items()) == [("leads", Role.LEAD), ("people", Role.AGENT)]
    assert oidc.teams == {"eu": "europe"}
    assert oidc.issuer == "https://login.example.test/", "the provider's own spelling"
    assert oidc.public_url == "https://gateway.example.test"
    assert oidc.require_dpop, "the safe form is the one nobody has to ask for"


def test_the_secret_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from the file\n", "utf-8")
    path = written(
        tmp_path,
        GOOD + '[oidc.introspection]\nclient_id = "gateway"\nclient_secret_file = "secret"\n',
    )
    oidc = load(path, {}).oidc
    assert oidc is not None
    assert oidc.introspection is not None
    assert oidc.introspection.client_secret == "from the file"

    path = written(tmp_path, GOOD + '[oidc.introspection]\nclient_id = "gateway"\n')
    given = {"AGENT_APP_GATEWAY_OIDC_INTROSPECTION_CLIENT_SECRET": "from outside"}
    oidc = load(path, given).oidc
    assert oidc is not None
    assert oidc.introspection is not None
    assert oidc.introspection.client_secret == "from outside"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (('issuer = "https:', 'issuer = "http:'), "issuer"),
        (('"https://gateway.example.test/"', '"http://gateway.example.test"'), "public_url"),
        (('"https://gateway.example.test/"', '"https://a:b@gateway.example.test"'), "public_url"),
        (('"gateway"', '""'), "audience"),
        (('clients = ["desk"]', 'clients = ["gateway"]\ntoken_type = "JWT"'), "ID tokens"),
        (('clients = ["desk"]', "longest_life_s = 90000"), "longest_life_s"),
        (('clients = ["desk"]', "leeway_s = 3600"), "leeway_s"),
        (('clients = ["desk"]', 'clients = ["a"]\ndesk_client = "b"'), "desk_client"),
        (('clients = ["desk"]', 'token_type = "opaque"'), "introspection"),
        (('clients = ["desk"]', 'ca_file = "absent.pem"'), "absent.pem"),
        (('clients = ["desk"]', "require_dpopp = false"), "require_dpopp"),
        (('clients = ["desk"]', '[oidc.roles]\nx = "boss"'), "boss"),
        (('clients = ["desk"]', '[oidc.teams]\nx = ""'), "team"),
        (('clients = ["desk"]', '[oidc.introspection]\nclient_id = "x"'), "client_secret"),
        (
            (
                'clients = ["desk"]',
                '[oidc.introspection]\nclient_id = "x"\nclient_secret_file = "absent"',
            ),
            "client_secret_file",
        ),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, change: tuple[str, str], named: str) -> None:
    assert change[0] in GOOD
    with pytest.raises(ConfigError, match=named):
        load(written(tmp_path, GOOD.replace(*change)), {})


def test_a_provider_on_this_machine_may_go_without_tls(tmp_path: Path) -> None:
    text = GOOD.replace("https://login.example.test/", "http://127.0.0.1:8080")
    assert load(written(tmp_path, text), {}).oidc is not None


def test_the_manual_shows_what_is_really_accepted(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "sign-in.md").read_text("utf-8")
    shown = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert len(shown) == 2
    (tmp_path / "introspection-secret").write_text("secret\n", "utf-8")
    oidc = load(written(tmp_path, "\n".join(shown)), {}).oidc
    assert oidc is not None
    assert oidc.roles == {"shop-leads": Role.LEAD, "shop-agents": Role.AGENT}
    for name in re.findall(r"^\| (`.*?) \|", page, re.MULTILINE):
        for key in re.findall(r"`(\w+)`", name):
            assert hasattr(oidc, key), key
