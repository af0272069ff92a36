"""The processor of the local authorities, and through them the NSPCC, Missing People,
schools, youth offending teams and courts.
"""
