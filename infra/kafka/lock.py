"""Write the lock of Kafka's jars anew: `python -m infra.kafka.lock [VERSION]`.

Only for a person who changes the Kafka version. The closure is computed by jgo's Python resolver; every jar is fetched once and
its SHA-256 written beside its Maven coordinate. The lock names no host: jgo knows where Maven artifacts live.
"""

import hashlib
import sys
import tempfile
from pathlib import Path

from infra.kafka.jars import LOCK_PATH, load_lock

# Kafka's own POM leaves the log binding to whoever runs it; it speaks slf4j 1 and configures log4j 2 itself.
# It is resolved apart, because jgo would let the parent POM of log4j decide the version of kafka-clients.
_LOG_BINDING = "org.apache.logging.log4j:log4j-slf4j-impl"
_LOG_CORE = "org.apache.logging.log4j:log4j-core"


def resolve(version: str, cache: Path) -> dict[str, str]:
    """Return coordinate → SHA-256 of every jar that a broker of this version needs, fetching them into `cache`."""
    # jgo pulls in requests; nobody who only starts a broker has to wait for that import.
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415

    context = MavenContext(resolver=PythonResolver(), repo_cache=cache, local_repos=[], timeout=60)
    root = context.create_dependency(f"org.apache.kafka:kafka_2.13:{version}")
    roots, transitive = context.resolver.resolve([root])
    artifacts = {f"{a.groupId}:{a.artifactId}": a for a in (d.artifact for d in roots + transitive)}
    binding = context.create_dependency(f"{_LOG_BINDING}:{artifacts[_LOG_CORE].version}").artifact
    artifacts[_LOG_BINDING] = binding
    return {
        f"{name}:{artifact.version}": hashlib.sha256(artifact.resolve().read_bytes()).hexdigest()
        for name, artifact in sorted(artifacts.items())
    }


def main(version: str) -> None:
    """Resolve one Kafka version and write the lock."""
    with tempfile.TemporaryDirectory() as folder:
        jars = resolve(version, Path(folder))
    lines = [
        "# Every jar of the embedded Kafka by Maven coordinate, with the SHA-256 that we check before each start.",
        "# Written by `python -m infra.kafka.lock VERSION`.",
        f'version = "{version}"',
        "",
        "[sha256]",
        *(f'"{coordinate}" = "{digest}"' for coordinate, digest in jars.items()),
    ]
    LOCK_PATH.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{LOCK_PATH}: {len(jars)} jars of Kafka {version}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else load_lock().version)
