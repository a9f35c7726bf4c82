"""How often one client may ask: a bucket of permits that fills again with time; bounded in memory, whoever asks."""

import time
from collections import OrderedDict

MOST = 20_000  # clients that are remembered; the one that was quiet longest is forgotten first


class Limiter:
    """A bucket a client. rate: permits a second, 0 for no limit; burst: permits of a full bucket."""

    def __init__(self, rate: float, burst: int) -> None:
        self.rate, self.burst = rate, float(max(burst, 1))
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # permits left, and when that was

    def take(self, client: str) -> float:
        """Take a permit: 0.0, or the seconds until there is one."""
        if self.rate <= 0.0:
            return 0.0
        at = time.monotonic()
        left, since = self._buckets.pop(client, (self.burst, at))
        left = min(self.burst, left + (at - since) * self.rate)
        allowed = left >= 1.0
        self._buckets[client] = (left - 1.0 if allowed else left, at)
        if len(self._buckets) > MOST:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1.0 - left) / self.rate
