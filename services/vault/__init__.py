"""The one process that can read a location: it keeps what is sealed, and shows a location through a gate alone."""
