"""Lantern: agencies share what they know about children who may have been trafficked, and never where they are."""
