"""Bytes and names: Avro, sealing, topics, framing."""
