"""The ways by which a page travels, and what became of it."""
