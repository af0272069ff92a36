"""Whose certificates are trusted by what asks over HTTPS: those of httpx's own list, read once (35 ms each time)."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """The usual authorities, whatever the environment says."""
    return httpx.create_ssl_context(trust_env=False)
