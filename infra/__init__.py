"""Engines that Yipanqi runs on (Kafka, ClickHouse), and the processes and settings around them."""
