"""Promise: a shop is connected as written, or refused in one sentence, and no key is ever shown."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent_app.domain.flags import DEFAULTS, FlagPolicy, FlagRule, Threshold
from agent_app.domain.learn_promise import learn
from agent_app.domain.order import PaymentMethod
from agent_app.gateway.config import Config, ConfigError, load
from agent_app.gateway.shop_secrets import open_to_others, secrets_of
from agent_app.gateway.shop_settings import ThresholdConfig, policy_of
from agent_app.gateway.shops import engine_of

VENDURE = '[[shops]]\nid = "north-1"\nengine = "vendure"\nurl = "https://shop.example/admin-api"\n'
MEDUSA = '[[shops]]\nid = "south"\nengine = "medusa"\nurl = "https://shop.example"\n'
PUBLISHABLE = 'publishable_key = "pk_1"\n'
STRIPE = '[shops.provider]\nkind = "stripe"\n'
SECRET = "sk_very_secret"


def given(folder: Path, text: str, environment: dict[str, str] | None = None) -> Config:
    path = folder / "gateway.toml"
    path.write_text(text, "utf-8")
    return load(path, environment or {})


def test_a_real_shop_is_read_as_written(tmp_path: Path) -> None:
    text = (
        f"{VENDURE}key_file = 'keys/shop'\ncaptures = 'later'\n"
        "methods = { slip = 'cash_voucher' }\n"
        f"{STRIPE}key_file = 'keys/stripe'\n[shops.flags.F2]\nwatch_s = 1\nflag_s = 2\n"
        f"{MEDUSA}{PUBLISHABLE}[shops.provider]\nkind = 'books'\n"
    )
    north, south = given(tmp_path, text).shops
    assert north.key_file == str(tmp_path / "keys" / "shop")
    assert north.provider is not None
    assert north.provider.key_file == str(tmp_path / "keys" / "stripe")
    assert north.provider.url == "https://api.stripe.com"
    assert north.methods == {"slip": PaymentMethod.CASH_VOUCHER}
    assert (north.references, south.references) == (("orderCode",), ("cart_id", "session_id"))
    assert north.flags["F2"] == ThresholdConfig(watch_s=1, flag_s=2)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (VENDURE.replace("https", "http"), "'north-1': `url`.*https"),
        (VENDURE.replace("shop.example", "me:secret@shop.example"), "`url`.*files of their own"),
        (VENDURE.replace("admin-api", "admin-api?key=1"), "`url`"),
        (VENDURE.replace("https://shop.example/admin-api", "shop.example"), "`url`.*https://HOST"),
        (VENDURE.replace("https://shop.example/admin-api", "http://[::1"), "`url`"),
        (f"{VENDURE}password_file = 'x'\n", "`username`"),
        (f"{VENDURE}username = 'u'\nkey_file = 'x'\n", "two ways"),
        (f"{VENDURE}publishable_key = 'pk'\n", "`publishable_key` is for medusa"),
        (f"{VENDURE}ca_file = 'absent.pem'\n", "`ca_file`.*absent.pem"),
        (f"{VENDURE}folder = 'x'\n", "history only"),
        (f"{VENDURE}processing_s = 0\n", "`processing_s`"),
        (f"{VENDURE}history_days = 0\n", "`history_days`"),
        (f"{VENDURE}captures = 'never'\n", "captures"),
        (f"{VENDURE}methods = {{ x = 'gold' }}\n", "methods"),
        (f"{VENDURE}key = 'sk'\n", "unknown field `key`"),
        (MEDUSA, "`publishable_key` is missing"),
        (f"{MEDUSA}{PUBLISHABLE}username = 'u'\n", "`username` is for vendure"),
        (f"{VENDURE}{STRIPE}url = 'http://pay.example'\n", "`provider.url`.*https"),
        (f'{VENDURE}{STRIPE}reference = "a\'b"\n', "`provider.reference`"),
        (f"{VENDURE}{STRIPE}late_window_s = -1\n", "late_window_s"),
        (f"{VENDURE}[shops.provider]\nkind = 'paypal'\n", "kind"),
        (f"{VENDURE}[shops.provider]\nkind = 'books'\nkey_file = 'x'\n", "asks no provider"),
        (f"{VENDURE}[shops.flags.F11]\nflag_s = 1\n", r"\[shops.flags.F11\].*F1, F2"),
        (f"{VENDURE}[shops.flags.F10]\nflag_s = 1\n", r"\[shops.flags.F10\]"),
        (f"{VENDURE}[shops.flags.F2]\nflag_s = 5\n", "watch_s = 900, flag_s = 5.*give all three"),
        (f"{VENDURE}[shops.flags.F6]\nflag_s = -1\n", "seconds from 0"),
        (f"{VENDURE}[shops.flags.F2]\ncritical_s = inf\n", "a year"),
        (f"{VENDURE}[shops.flags.F2]\nsoon_s = 5\n", "soon_s"),
        ('[[shops]]\nid = "a"\nengine = "sandbox"\nurl = "x"\nkey_file = "x"\n', "`key_file`"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named) as refused:
        given(tmp_path, text)
    assert "\n" not in str(refused.value)


def test_this_machine_itself_is_asked_without_tls(tmp_path: Path) -> None:
    for host in ("127.0.0.1:1", "localhost:1", "[::1]:1"):
        text = VENDURE.replace("https://shop.example", f"http://{host}")
        assert given(tmp_path, text).shops[0].url == f"http://{host}/admin-api"
    for host in ("localhost.example", "127.0.0.1.example", "10.0.0.1"):
        with pytest.raises(ConfigError, match="https"):
            given(tmp_path, VENDURE.replace("https://shop.example", f"http://{host}"))


def test_keys_come_from_files_or_the_environment_and_are_never_shown(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{SECRET}\nnote\n", "utf-8")
    config = given(tmp_path, f"{VENDURE}key_file = 'key'\n{STRIPE}key_file = 'key'\n")
    secrets = secrets_of(config.shops[0], {})
    assert (secrets.key, secrets.provider_key) == (SECRET, SECRET)
    over = {"AGENT_APP_GATEWAY_SHOP_NORTH_1_KEY": "other"}
    assert secrets_of(config.shops[0], over).key == "other"
    assert SECRET not in repr(secrets) + repr(config)
    name = "AGENT_APP_GATEWAY_SHOP_NORTH_1_PROVIDER_KEY"
    unnamed = given(tmp_path, VENDURE + STRIPE, {name: SECRET}).shops[0]
    assert secrets_of(unnamed, {name: SECRET, **over}).provider_key == SECRET


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ("", "`key_file` is missing.*AGENT_APP_GATEWAY_SHOP_NORTH_1_KEY"),
        ("key_file = 'absent'\n", "`key_file`.*absent.*cannot be read"),
        ("key_file = 'empty'\n", "holds no key"),
        ("key_file = 'bytes'\n", "not text"),
        ("username = 'u'\n", "`password_file` is missing"),
        ("key_file = 'key'\n" + STRIPE, "`provider.key_file` is missing"),
    ],
)
def test_a_missing_key_is_named_and_nothing_of_its_file_told(
    tmp_path: Path, more: str, named: str
) -> None:
    (tmp_path / "empty").write_text(f"\n{SECRET}\n", "utf-8")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe" + SECRET.encode())
    (tmp_path / "key").write_text(SECRET, "utf-8")
    shop = given(tmp_path, VENDURE + more).shops[0]
    with pytest.raises(ValueError, match=f"'north-1': {named}|{named}") as refused:
        secrets_of(shop, {})
    assert SECRET not in str(refused.value)


def test_a_variable_for_no_shop_or_for_two_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"SHOP_EAST_KEY.*SHOP_NORTH_1_KEY"):
        given(tmp_path, VENDURE, {"AGENT_APP_GATEWAY_SHOP_EAST_KEY": SECRET})
    twins = VENDURE + VENDURE.replace("north-1", "north.1")
    given(tmp_path, twins)
    with pytest.raises(ConfigError, match=r"both shops 'north-1' and 'north.1'"):
        given(tmp_path, twins, {"AGENT_APP_GATEWAY_SHOP_NORTH_1_KEY": SECRET})


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_key_file_that_others_may_read_is_told(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(SECRET, "utf-8")
    shop = given(tmp_path, f"{VENDURE}key_file = 'key'\n").shops[0]
    key.chmod(0o600)
    assert open_to_others(shop) == []
    key.chmod(0o640)
    assert open_to_others(shop) == [str(key)]


def test_thresholds_are_put_over_the_engines_own(tmp_path: Path) -> None:
    text = f"{VENDURE}[shops.flags.F3]\nwatch_s = 1\nflag_s = 2\ncritical_s = 3\n"
    shop = given(tmp_path, text + "[shops.flags.F5]\nflag_s = 1800\n").shops[0]
    watch_only = Threshold(900, None, None)
    base = FlagPolicy(by_rule={**DEFAULTS, FlagRule.NO_PAYMENT_ATTEMPT: watch_only})
    policy = policy_of(shop, base)
    card, slip = PaymentMethod.CARD, PaymentMethod.CASH_VOUCHER
    assert policy.threshold(FlagRule.PAYING_TOO_LONG, card) == Threshold(1, 2, 3)
    assert policy.threshold(FlagRule.MONEY_WITHOUT_ORDER, card) == Threshold(0, 1800, 1800)
    assert policy.threshold(FlagRule.NO_PAYMENT_ATTEMPT, card) == watch_only
    # A slip is paid in days, whatever a card takes.
    days = base.threshold(FlagRule.PAYING_TOO_LONG, slip)
    assert policy.threshold(FlagRule.PAYING_TOO_LONG, slip) == days


def test_a_learnt_clock_is_not_set_by_hand(tmp_path: Path) -> None:
    text = f"{VENDURE}[shops.flags.F3]\nwatch_s = 1\nflag_s = 2\n"
    shop = given(tmp_path, text).shops[0]
    learnt = replace(FlagPolicy(), promise=learn(()))
    with pytest.raises(ValueError, match=r"F3.*own history"):
        policy_of(shop, learnt)


def test_an_engine_goes_by_the_operators_thresholds(tmp_path: Path) -> None:
    text = '[[shops]]\nid = "a"\nengine = "sandbox"\nurl = "http://127.0.0.1:9"\n'
    plain = given(tmp_path, text).shops[0]
    tuned = given(tmp_path, f"{text}[shops.flags.F3]\nwatch_s = 1\nflag_s = 2\n").shops[0]
    now = datetime(2026, 11, 23, tzinfo=UTC)
    for shop, flag_s in ((plain, 600.0), (tuned, 2.0)):
        with closing(engine_of(shop, now)) as engine:
            threshold = engine.flag_policy.threshold(FlagRule.PAYING_TOO_LONG, PaymentMethod.CARD)
            assert threshold.flag_s == flag_s
