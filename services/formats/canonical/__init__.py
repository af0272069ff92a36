"""The hub's own events as JSON, for all agencies: one object, an array of them, or JSON Lines."""
