"""The local edition: a real Kafka, a real PostgreSQL and every service, on one machine and without an administrator."""
