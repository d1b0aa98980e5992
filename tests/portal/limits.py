"""The two limits of the cloud: the leaky bucket and `operating` seconds."""

from errors import RestError

BUCKETS = 10
BUCKET_SECONDS = 60
LIFETIME = BUCKETS * BUCKET_SECONDS


class Rate:
    """+1 a request, -N a second; a request that finds it full is refused."""

    def __init__(self, clock):
        self._clock = clock
        self.level = 0.0
        self._at = clock.now()

    def drained(self, per_second):
        now = self._clock.now()
        passed = max(0.0, now - self._at)
        self.level = max(0.0, self.level - passed * per_second)
        self._at = now
        return self.level

    def take(self, config):
        level = self.drained(config["rate_per_second"])
        if not config["rate_enabled"]:
            return
        full = level + 1 > config["rate_burst"]
        if not full or config["refusals_fill"]:
            self.level = level + 1
        if full:
            raise RestError("QUERY_LIMIT_EXCEEDED", "Too many requests", 503)


class Operating:
    """Execution seconds of one method and one caller, in one-minute buckets.

    A bucket begins with the first call in it and ends ten minutes later.
    """

    def __init__(self, clock):
        self._clock = clock
        self._buckets = {}

    def _live(self, key):
        oldest = self._clock.now() - LIFETIME
        live = [b for b in self._buckets.get(key, []) if b[0] > oldest]
        self._buckets[key] = live
        return live

    def total(self, key):
        return sum(seconds for _, seconds in self._live(key))

    def reset_at(self, key):
        live = self._live(key)
        begin = live[0][0] if live else self._clock.now()
        return int(begin + LIFETIME)

    def check(self, key, limit):
        if self.total(key) > limit:
            raise RestError("OPERATION_TIME_LIMIT",
                            "Method is blocked due to operation time limit.",
                            429)

    def add(self, key, seconds):
        now = self._clock.now()
        live = self._live(key)
        if live and now - live[-1][0] < BUCKET_SECONDS:
            live[-1][1] += seconds
        else:
            live.append([now, seconds])

    def totals(self):
        out = {}
        for method, caller in list(self._buckets):
            seconds = self.total((method, caller))
            out[method] = round(out.get(method, 0) + seconds, 6)
        return {m: s for m, s in sorted(out.items()) if s}
