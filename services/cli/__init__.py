"""The `lantern` command: a client of the services and of Kafka, and the way to start the local edition."""
