"""The outside world: Kafka in and out, Faust's one door, PostgreSQL, settings, logs, metrics, HTTP."""
