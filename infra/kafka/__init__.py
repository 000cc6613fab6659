"""The embedded Kafka: jars, configuration, the managed process, and topics by their declaration."""
