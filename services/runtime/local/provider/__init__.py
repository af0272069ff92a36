"""The local edition's identity provider: a real OpenID Connect provider that signs in invented people, on loopback."""
