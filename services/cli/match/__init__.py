"""How well records of one child are found to be one: generated populations, weights estimated from them, figures."""
