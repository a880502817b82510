"""Sign-in: whose request this is, by the gateway's own tokens or an OpenID provider's."""
