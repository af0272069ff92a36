"""Shows the cases: projects case updates into tables of its own and serves them, live and as known at a time."""
