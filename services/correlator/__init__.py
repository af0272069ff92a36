"""The correlator: joins events into shared case timelines."""
