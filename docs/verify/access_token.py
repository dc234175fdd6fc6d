"""Verifies an access token of Edgegate in a service that the gateway does not stand in front of. Needs PyJWT with cryptography."""

import os

import jwt

ISSUER = os.environ["EDGEGATE_ISSUER"]
KEYS = jwt.PyJWKClient(os.environ["EDGEGATE_JWKS_URL"], lifespan=300)


def verify(token):
    """The claims, or None. What was revoked a moment ago still passes, for as long as the token lives: minutes."""
    try:
        if jwt.get_unverified_header(token).get("typ") != "at+jwt":
            return None
        return jwt.decode(
            token,
            KEYS.get_signing_key_from_jwt(token).key,
            algorithms=["ES256", "EdDSA"],
            issuer=ISSUER,
            audience=f"{ISSUER}/auth",
            options={"require": ["exp", "iat", "sub", "scope"]},
        )
    except jwt.PyJWTError:
        return None
