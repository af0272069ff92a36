"""The one process that can read a location; for now it keeps what is sealed to it, and opens nothing for anybody."""
