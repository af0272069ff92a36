"""Signing in: who a request comes from, by OpenID Connect; every service that people come to mounts this one way."""
