"""Configuration of the embedded broker: server.properties, log4j2.properties and the options of its JVM."""

from pathlib import Path

HOST = "127.0.0.1"
NODE_ID = 1

# Serial collector and a small heap: one node with a few dozen partitions; the page cache does the real work.
# A JVM without memory ends at once instead of limping on: our supervisor starts it again.
JVM_OPTIONS = (
    "-Xms128m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:MaxMetaspaceSize=160m",
    "-XX:MaxDirectMemorySize=128m",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",
    # Java 25's ahead-of-time cache would keep compiled call adapters too, but mixes two of them up and says so at each start.
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:-AOTAdapterCaching",
    # Kafka 4.1 unmaps index files in the old way; Java 25 would print a warning at each start.
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
    "-Djava.awt.headless=true",
)


def server_properties(log_dir: Path, port: int, controller_port: int) -> str:
    """Text of server.properties for one node that is broker and controller, on loopback only."""
    one_copy = {
        f"{topic}.{setting}": "1"
        for topic in ("transaction.state.log", "share.coordinator.state.topic")
        for setting in ("replication.factor", "min.isr")
    }
    settings = {
        "process.roles": "broker,controller",
        "node.id": str(NODE_ID),
        "controller.quorum.voters": f"{NODE_ID}@{HOST}:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": str(log_dir),
        # Topics are declared, never made by a typing error.
        "auto.create.topics.enable": "false",
        "default.replication.factor": "1",
        "offsets.topic.replication.factor": "1",
        **one_copy,
        # The defaults (50 each) are meant for large clusters; here they only cost files and start-up time.
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.num.partitions": "1",
        # The log is the truth: nothing ages out unless a topic says so.
        "log.retention.ms": "-1",
        "log.retention.bytes": "-1",
        # Acknowledged = in the page cache, which outlives any process; a power cut may cost what was written since
        # the last flush, at most about a second.
        "log.flush.interval.ms": "1000",
        "log.flush.scheduler.interval.ms": "1000",
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
        # One node need not wait for others before it calls itself alive. After a crash the controller lets the new broker in
        # only when the session of the dead one is over: 3 s instead of 9 s until everything goes on.
        "broker.heartbeat.interval.ms": "500",
        "broker.session.timeout.ms": "3000",
        "num.network.threads": "2",
        "num.io.threads": "4",
        "background.threads": "4",
        "log.cleaner.threads": "1",
        "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
    }
    return "".join(f"{key}={value}\n" for key, value in settings.items())


def log4j_properties(log_file: Path) -> str:
    """Text of log4j2.properties: warnings and the milestones of the server into one rolling file, nothing on the console."""
    return f"""status=error
appender.file.type=RollingFile
appender.file.name=file
appender.file.fileName={log_file}
appender.file.filePattern={log_file}.%i
appender.file.layout.type=PatternLayout
appender.file.layout.pattern=%d{{yyyy-MM-dd'T'HH:mm:ss.SSSX}}{{UTC}} %-5p %c{{1}} %m%n
appender.file.policies.type=Policies
appender.file.policies.size.type=SizeBasedTriggeringPolicy
appender.file.policies.size.size=10MB
appender.file.strategy.type=DefaultRolloverStrategy
appender.file.strategy.max=3
rootLogger.level=warn
rootLogger.appenderRef.file.ref=file
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=info
"""
