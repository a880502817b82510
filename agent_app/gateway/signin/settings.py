"""The `[oidc]` part of the configuration: whose tokens are accepted, and who they make one."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

import msgspec

from agent_app.domain.roles import Role

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_LONGEST_LIFE_S = 86_400


class IntrospectionConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Asking the provider whether a token is still in force (RFC 7662)."""

    client_id: str
    client_secret: str | None = None
    """Better by the environment or `client_secret_file` than in the file."""
    client_secret_file: str | None = None


class OidcConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One OpenID provider, as the operator set it."""

    issuer: str
    audience: str
    """What the provider calls this gateway: a token for anything else is refused."""
    public_url: str
    """The gateway's address as desks write it, before any proxy; DPoP proofs are for it."""
    clients: tuple[str, ...] = ()
    """Only tokens that these clients obtained. Empty: of any client of the provider."""
    desk_client: str | None = None
    """The client as which desks sign in; they are told it with everything else that they need."""
    require_dpop: bool = True
    """Refuse tokens that whoever holds them may use."""
    require_nonce: bool = False
    """Each proof needs a number that the gateway gave; else only one from a wrong clock does."""
    token_type: Literal["at+jwt", "JWT", "opaque"] = "at+jwt"  # noqa: S105 - a media type
    """The token's `typ`. "JWT" for a provider that does not follow RFC 9068; "opaque" for tokens
    that only the provider can read, so that he is asked about each."""
    longest_life_s: int = 3600
    leeway_s: int = 10
    """How far the provider's clock and ours may differ."""
    ca_file: str | None = None
    """The only certificate authority that the provider is believed by. None: the system's."""
    introspection: IntrospectionConfig | None = None
    name_claim: str = "name"
    user_claim: str = "preferred_username"
    role_claim: str = "roles"
    """Dots lead into objects: `realm_access.roles`."""
    team_claim: str = "groups"
    roles: dict[str, Role] = {}
    """Claim value to role; the first that fits counts. Empty: roles are kept here, by hand."""
    teams: dict[str, str] = {}
    """Claim value to team. Empty: teams are kept here, by hand."""

    def subject(self, sub: str) -> str:
        """Return how `users.subject` holds the provider's subject."""
        return f"{self.issuer} {sub}"


def checked(config: OidcConfig, folder: Path) -> OidcConfig:
    """Return the settings with absolute paths and the secret read.

    Raises:
        ValueError: saying what cannot be used.
    """
    for name, url in (("issuer", config.issuer), ("public_url", config.public_url)):
        _check_url(name, url)
    if not config.audience:
        raise ValueError("`audience` is empty: name what the provider calls this gateway")
    if config.token_type == "JWT" and config.audience in config.clients:  # noqa: S105 - a type
        raise ValueError(
            "with `token_type` JWT the `audience` must not be a client's id, or that client's ID "
            "tokens would pass as access tokens"
        )
    if config.token_type == "opaque" and config.introspection is None:  # noqa: S105 - a type
        raise ValueError("`token_type` opaque needs [oidc.introspection]: who else can read them")
    if config.clients and config.desk_client not in (None, *config.clients):
        raise ValueError(f"`desk_client` {config.desk_client!r} is not among `clients`")
    if not 0 < config.longest_life_s <= _LONGEST_LIFE_S:
        raise ValueError(f"`longest_life_s` is above 0 and at most {_LONGEST_LIFE_S}")
    if not 0 <= config.leeway_s <= 120:
        raise ValueError("`leeway_s` is from 0 to 120")
    if any(not team for team in config.teams.values()):
        raise ValueError("[oidc.teams]: a team's name is empty")
    ca_file = str(folder / config.ca_file) if config.ca_file else None
    if ca_file is not None and not Path(ca_file).is_file():
        raise ValueError(f"`ca_file` {ca_file}: there is no such file")
    return msgspec.structs.replace(
        config,
        public_url=config.public_url.rstrip("/"),
        ca_file=ca_file,
        introspection=_with_secret(config.introspection, folder),
    )


def is_loopback(url: SplitResult) -> bool:
    return url.hostname in _LOOPBACK


def _check_url(name: str, text: str) -> None:
    url = urlsplit(text)
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url)):
        raise ValueError(f"`{name}` must begin with https:// (http:// only on this machine)")
    if not url.hostname or url.query or url.fragment or url.username is not None:
        raise ValueError(f"`{name}` is an address without query, fragment or user")


def _with_secret(config: IntrospectionConfig | None, folder: Path) -> IntrospectionConfig | None:
    if config is None or config.client_secret_file is None:
        if config is not None and not config.client_secret:
            raise ValueError("[oidc.introspection]: give `client_secret_file` or `client_secret`")
        return config
    path = folder / config.client_secret_file
    try:
        secret = path.read_text("utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"`client_secret_file` {path}: cannot be read") from error
    return msgspec.structs.replace(config, client_secret=secret)
