"""Django behind Edgegate: request.visitor holds the claims of the signed assertion, or None.

MIDDLEWARE = ["django_assertion.EdgegateMiddleware", …], then @visitor_required on a view. The user of django.contrib.auth is left
alone: look accounts up by claims["sub"].
"""
import json, os, re, time
from functools import wraps
from urllib.request import urlopen
import jwt  # PyJWT, with cryptography
from django.http import HttpResponse

ISSUER, AUDIENCE, JWKS_URL = (os.environ["EDGEGATE_" + name] for name in ("ISSUER", "AUDIENCE", "JWKS_URL"))
keys, fetched_at = {}, float("-inf")

def key_named(kid):  # fetched every five minutes; for an unknown name at most every ten seconds
    global keys, fetched_at
    age = time.monotonic() - fetched_at
    if age > 300 or (kid not in keys and age > 10):
        fetched_at = time.monotonic()
        with urlopen(JWKS_URL, timeout=5) as answer:
            keys = {jwk["kid"]: jwk for jwk in json.load(answer)["keys"]}
    return keys[kid]

def verify(token):
    """The claims of a genuine assertion for this app, or None."""
    try:
        if len(token) > 8192 or not re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token, re.ASCII):
            return None
        header = jwt.get_unverified_header(token)
        jwk = key_named(header["kid"])
        if header != {"alg": jwk["alg"], "typ": "edgegate-assertion+jwt", "kid": jwk["kid"]}:
            return None  # the key decides the algorithm; no jku, crit or other surprises
        claims = jwt.decode(token, jwt.PyJWK(jwk).key, [jwk["alg"]], issuer=ISSUER, audience=AUDIENCE, leeway=5)
        exact = all(type(claims[name]) is int for name in ("iat", "nbf", "exp"))  # PyJWT takes "123" for 123
        named = type(claims["sub"]) is str and claims["sub"] != ""
        return claims if exact and named and claims["exp"] - claims["iat"] <= 60 else None
    except (jwt.PyJWTError, OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None

class EdgegateMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.visitor = verify(request.META.get("HTTP_X_AUTH_ASSERTION", ""))
        return self.get_response(request)

def visitor_required(view):
    @wraps(view)
    def guarded(request, *args, **kwargs):
        return view(request, *args, **kwargs) if request.visitor else HttpResponse(status=401)
    return guarded
