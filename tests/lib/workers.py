"""Work for two workers, each with a portal of its own."""

import os
import queue
import tempfile
import threading
from pathlib import Path

from standin import Standin


def scratch():
    """Where fsync costs little, when there is such a place."""
    shm = Path("/dev/shm")
    if "TMPDIR" not in os.environ and os.access(shm, os.W_OK):
        return str(shm)
    return None


def in_parallel(jobs, work, workers=2):
    """work(job, folder, portal) of each; yields (job, result) when done.

    An exception of the work is its result.  A job is drawn when a worker is
    free, so jobs may be a generator that ends when it likes.
    """
    waiting, done, lock = iter(jobs), queue.Queue(), threading.Lock()

    def draw():
        with lock:
            return next(waiting, None)
    threads = [threading.Thread(target=_worker, args=(draw, done, work),
                                daemon=True)
               for _ in range(workers)]
    for thread in threads:
        thread.start()
    left = len(threads)
    while left:
        result = done.get()
        if result is None:
            left -= 1
        else:
            yield result
    for thread in threads:
        thread.join()


def _worker(draw, done, work):
    try:
        _work(draw, done, work)
    finally:
        done.put(None)


def _work(draw, done, work):
    job = draw()
    if job is None:
        return
    with tempfile.TemporaryDirectory(prefix="cml24-", dir=scratch()) as base:
        portal = Standin(Path(base) / "clock")
        try:
            while job is not None:
                with tempfile.TemporaryDirectory(dir=base) as folder:
                    try:
                        result = work(job, Path(folder), portal)
                    except Exception as error:  # told by the caller
                        result = error
                done.put((job, result))
                job = draw()
        finally:
            portal.stop()
