"""The gateway's configuration: a TOML file, and environment variables over it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
import msgspec.inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from agent_app import typed_json
from agent_app.gateway import shop_checks
from agent_app.gateway.limit_settings import LimitConfig, limits_of
from agent_app.gateway.notice_settings import MailConfig, SmsConfig, checked_mail, checked_sms
from agent_app.gateway.shop_secrets import SECRET_PREFIX
from agent_app.gateway.shop_settings import ShopConfig as ShopConfig
from agent_app.gateway.signin.settings import OidcConfig, checked
from agent_app.gateway.store.database import is_address

PREFIX = "AGENT_APP_GATEWAY_"
_LONGEST_REFUSAL_S = 86_400
_PASSWORD = f"{PREFIX}DATABASE_PASSWORD"


class ConfigError(Exception):
    """The configuration cannot be used; the message says where and what to do."""


class LogConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is written to standard error, a line of JSON each."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    requests: bool = True
    """One line per request: method, address template, status, time taken, user id."""


class AuditConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the newest seal of the audit log is noted outside the database."""

    anchors: str | None = None
    """A file that only grows. None: beside the database; for PostgreSQL nowhere."""
    every_s: float = 3600.0


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that an operator sets. `port` 0 takes any free one."""

    host: str = "127.0.0.1"
    port: int = 8770
    database: str = "gateway.db"
    """A file, or `postgresql://USER@HOST/NAME`. May hold a password: show `shown_database`."""
    database_password_file: str | None = None
    watch_every_s: float = 2.0
    stop_within_s: float = 10.0
    """How long stopping may take, whatever a shop does meanwhile."""
    drain_s: float = 0.0
    """How long before that requests are still taken, for a balancer to see that it is not ready."""
    metrics: Literal["loopback", "token", "open", "off"] = "loopback"
    """Who may read `/metrics`: this machine alone, whoever has a token, anybody, or nobody."""
    most_streams: int = 1_000
    """Desks that may listen to the live stream at once; the others ask for changes."""
    keep_refusals_s: float = 600.0
    """How long a refused request keeps its key. Below ten minutes a copy of it that a network held
    back may be carried out after all."""
    limits: dict[str, LimitConfig] = {}
    """By role; what is not given stays as the defaults are."""
    audit: AuditConfig = AuditConfig()
    log: LogConfig = LogConfig()
    shops: tuple[ShopConfig, ...] = ()
    oidc: OidcConfig | None = None
    """The OpenID provider that signs people in; None: the gateway's own tokens alone."""
    mail: MailConfig | None = None
    """By what messages go out for shops that send none; None: not by e-mail."""
    sms: SmsConfig | None = None

    @property
    def where(self) -> Path | str:
        """The database as `store.Database` takes it: a file, or a URL with its password."""
        return self.database if is_postgresql(self.database) else Path(self.database)

    @property
    def shown_database(self) -> str:
        """The database for people and logs, without its password."""
        return shown(self.database)

    @property
    def anchors(self) -> Path | None:
        """The file of the audit log's anchors."""
        if self.audit.anchors is not None:
            return Path(self.audit.anchors)
        if is_postgresql(self.database):
            return None
        return Path(self.database + ".anchors")


def is_postgresql(database: str) -> bool:
    """Return whether this is an address, not a file."""
    return is_address(database)


def shown(database: str) -> str:
    """Return the database's file or URL without a password."""
    if not is_postgresql(database):
        return database
    url = make_url(database)
    hidden = {name: "***" if name == "password" else value for name, value in url.query.items()}
    return url.set(query=hidden).render_as_string()


def load(path: Path | None, environment: Mapping[str, str] = os.environ) -> Config:
    """Return the configuration; relative paths in the file are relative to its folder.

    Every plain value has a variable that overrides the file: `AGENT_APP_GATEWAY_PORT`, and for one
    in a section `AGENT_APP_GATEWAY_LOG_LEVEL`. The database's password may come by
    `AGENT_APP_GATEWAY_DATABASE_PASSWORD`, which no file holds.

    Raises:
        ConfigError: the file is missing, not TOML, or holds what the gateway does not know.
    """
    values: dict[str, object] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text("utf-8"))
        except OSError as error:
            raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: not valid TOML: {error}.") from error
    overridden = _override(values, environment)
    try:
        config = typed_json.convert(values, Config)
    except msgspec.ValidationError as error:
        places = [str(path)] if path else []
        raise ConfigError(f"{' with '.join([*places, *overridden])}: {error}.") from error
    folder = path.parent if path else Path.cwd()
    config = _absolute(config, folder)
    try:
        shop_checks.checked(config.shops, environment)
    except ValueError as error:
        raise ConfigError(f"{error}.") from error
    _check_limits(config)
    if config.oidc is not None:
        try:
            config = msgspec.structs.replace(config, oidc=checked(config.oidc, folder))
        except ValueError as error:
            raise ConfigError(f"[oidc]: {error}.") from error
    config = _check_notices(config, folder)
    return with_password(config, environment)


def _override(values: dict[str, object], environment: Mapping[str, str]) -> list[str]:
    """Put what the environment says over the file's values; return the variables' names."""
    known = dict(_scalars(Config))
    # Secrets are read when they are needed and never become settings.
    given = sorted(
        n
        for n in environment
        if n.startswith(PREFIX) and n != _PASSWORD and not n.startswith(SECRET_PREFIX)
    )
    for name in given:
        keys = known.get(name)
        if keys is None:
            raise ConfigError(
                f"the environment's {name}: the gateway knows no such setting; take it away or "
                "write it as docs/gateway.md does."
            )
        place = values
        for section in keys[0][:-1]:
            inner = place.setdefault(section, {})
            if not isinstance(inner, dict):
                raise ConfigError(f"`{section}` is a section: write [{section}].")
            place = inner
        place[keys[0][-1]] = _converted(name, environment[name], keys[1])
    return given


def _converted(name: str, text: str, of: Any) -> object:
    try:
        value: object = typed_json.convert(text, of, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"the environment's {name}: {error}.") from error
    return value


def _scalars(
    of: type[msgspec.Struct], above: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[tuple[str, ...], object]]]:
    """Give each plain value's variable with its keys and its type; lists and tables have none."""
    for field in msgspec.structs.fields(of):
        keys = (*above, field.encode_name)
        kind = msgspec.inspect.type_info(field.type)
        section = _section(kind)
        if section is not None:
            yield from _scalars(section, keys)
        elif not _holds(kind, (msgspec.inspect.CollectionType, msgspec.inspect.DictType)):
            yield PREFIX + "_".join(keys).upper(), (keys, field.type)


def _section(kind: msgspec.inspect.Type) -> type[msgspec.Struct] | None:
    for one in kind.types if isinstance(kind, msgspec.inspect.UnionType) else (kind,):
        if isinstance(one, msgspec.inspect.StructType):
            return one.cls
    return None


def _holds(kind: msgspec.inspect.Type, of: tuple[type, ...]) -> bool:
    if isinstance(kind, msgspec.inspect.UnionType):
        return any(isinstance(one, of) for one in kind.types)
    return isinstance(kind, of)


def _absolute(config: Config, folder: Path) -> Config:
    def inside(path: str | None) -> str | None:
        return str(folder / path) if path else path

    def of_shop(shop: ShopConfig) -> ShopConfig:
        provider = shop.provider
        if provider is not None:
            provider = msgspec.structs.replace(
                provider, key_file=inside(provider.key_file), ca_file=inside(provider.ca_file)
            )
        return msgspec.structs.replace(
            shop,
            folder=inside(shop.folder),
            key_file=inside(shop.key_file),
            password_file=inside(shop.password_file),
            ca_file=inside(shop.ca_file),
            provider=provider,
        )

    database = config.database
    if not is_postgresql(database):
        if "://" in database:
            raise ConfigError(
                "`database` is a file's path, or a URL that begins with postgresql://."
            )
        database = str(folder / database)
    return msgspec.structs.replace(
        config,
        database=database,
        database_password_file=inside(config.database_password_file),
        audit=msgspec.structs.replace(config.audit, anchors=inside(config.audit.anchors)),
        shops=tuple(of_shop(shop) for shop in config.shops),
    )


def _check_notices(config: Config, folder: Path) -> Config:
    section = "mail"
    try:
        mail = checked_mail(config.mail, folder) if config.mail is not None else None
        section = "sms"
        sms = checked_sms(config.sms, folder) if config.sms is not None else None
    except ValueError as error:
        raise ConfigError(f"[{section}]: {error}.") from error
    return msgspec.structs.replace(config, mail=mail, sms=sms)


def _check_limits(config: Config) -> None:
    try:
        limits_of(config.limits)
    except ValueError as error:
        raise ConfigError(f"{error}.") from error
    if not 0 <= config.keep_refusals_s <= _LONGEST_REFUSAL_S:
        raise ConfigError(
            f"`keep_refusals_s` is a number of seconds from 0 to {_LONGEST_REFUSAL_S}."
        )
    if config.most_streams < 0:
        raise ConfigError("`most_streams` is 0 (no live stream) or more.")


def with_password(config: Config, environment: Mapping[str, str] = os.environ) -> Config:
    """Put the password where the driver takes it; a file's first line, or the environment's.

    Raises:
        ConfigError: the file cannot be read, or the database is no URL.
    """
    if not is_postgresql(config.database):
        return config
    password = environment.get(_PASSWORD)
    if config.database_password_file is not None:
        path = Path(config.database_password_file)
        try:
            password = path.read_text("utf-8").partition("\n")[0].strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"`database_password_file` {path}: cannot be read.") from error
    try:
        url = make_url(config.database)
    except (ArgumentError, ValueError) as error:
        raise ConfigError(
            "`database`: not a URL such as postgresql://USER@HOST:5432/NAME."
        ) from error
    if password is None:
        return config
    full = url.set(password=password).render_as_string(hide_password=False)
    return msgspec.structs.replace(config, database=full)
