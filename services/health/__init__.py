"""The processor of the health bodies."""
