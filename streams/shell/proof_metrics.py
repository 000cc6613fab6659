"""What the prover tells of its proofs. No label: there is one log."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge


class ProofMetrics:
    """The metrics of one prover, in a registry of their own."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        # When a proof last held (seconds since 1970); 0 = not yet since the prover started. Its age is how long nobody
        # can vouch for what the engine said.
        self._held_at = Gauge("yipanqi_proof_timestamp_seconds", "When a proof last held", registry=registry)
        # 1 = the last proof held, 0 = the journal is not what the log gives; NaN = none was made yet.
        self._holds = Gauge("yipanqi_proof_holds", "Whether the last proof held", registry=registry)
        self._holds.set(float("nan"))
        # It grows with the log; when it nears the interval, prove less often.
        self._seconds = Gauge("yipanqi_proof_seconds", "How long the last proof took", registry=registry)
        # Tries that proved nothing: no broker, an unknown pack, nothing committed yet.
        self.unmade = Counter("yipanqi_proofs_unmade", "Proofs that could not be made", registry=registry)

    def proved(self, *, holds: bool, seconds: float) -> None:
        """Note what came of a proof."""
        self._holds.set(float(holds))
        self._seconds.set(seconds)
        if holds:
            self._held_at.set(time.time())
