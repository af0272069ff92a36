"""`lantern oncall`: who is on duty, and what they are told and answer."""
