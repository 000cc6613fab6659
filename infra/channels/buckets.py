"""Token buckets: how many messages may go out now. Pure; the caller tells what time it is (monotonic seconds)."""


class Bucket:
    """Fills by so many a minute up to a burst; a message takes one."""

    def __init__(self, per_minute: float, burst: float | None = None, now: float = 0.0) -> None:
        self._rate = per_minute / 60
        self._burst = burst if burst is not None else max(1.0, per_minute)
        self._level, self._at = self._burst, now
        self._closed_until = now

    def take(self, now: float) -> bool:
        """Take one if there is one."""
        if self.wait_s(now) > 0:
            return False
        self._level -= 1
        return True

    def wait_s(self, now: float) -> float:
        """Seconds until there is one; 0 = there is."""
        if now > self._at:
            self._level = min(self._burst, self._level + (now - self._at) * self._rate)
            self._at = now
        missing = 0.0 if self._level >= 1 else (1 - self._level) / self._rate
        return max(missing, self._closed_until - now, 0.0)

    def close(self, now: float, seconds: float) -> None:
        """The provider wants silence for so long."""
        self._closed_until = max(self._closed_until, now + seconds)
