"""`lantern bench`: how fast a running edition is, beside what this machine can do at all."""
