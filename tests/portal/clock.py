"""The portal's clock: real time plus what the tests added to it."""

import time
from datetime import datetime, timedelta, timezone

ZONE = timezone(timedelta(hours=3))


class Clock:
    def __init__(self, start=None, frozen=False):
        self.set(start, frozen)

    def set(self, start, frozen):
        self._real = time.time()
        self._start = self._real if start is None else float(start)
        self._frozen = frozen
        self._added = 0.0

    def now(self):
        passed = 0.0 if self._frozen else time.time() - self._real
        return self._start + passed + self._added

    def add(self, seconds):
        self._added += float(seconds)

    def stamp(self, at=None):
        """ISO 8601 in the portal's zone, as Bitrix24 writes dates."""
        moment = self.now() if at is None else at
        return datetime.fromtimestamp(int(moment), ZONE).isoformat()
