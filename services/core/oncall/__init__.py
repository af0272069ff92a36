"""On call: who is on duty, who is told of a missing child, and who owns what happens next (¶5.73-5.80); pure."""
