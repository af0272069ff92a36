"""What is true and allowed: pure functions of (state, event, now), without I/O, clock or randomness."""
