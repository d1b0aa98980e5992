"""Runs a program and says how long, how much memory, and what it wrote."""

import os
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

LOOK_SECONDS = 0.004


class Failed(Exception):
    """What was to be measured did not run."""


@dataclass
class Measured:
    seconds: float = 0.0
    kib: int = 0            # most memory resident at once
    wal: int = 0            # largest size of the journal, bytes
    disk: int = 0           # most of state and temporary files at once, bytes
    cpu: float = 0.0        # seconds of processor time
    status: int = 0
    out: str = ""


def run(command, env=None, state=None, expect=(0,)):
    """Runs it to its end.  state: the folder of the database to look at
    meanwhile."""
    with tempfile.TemporaryFile() as said:
        os.sync()           # what earlier steps wrote is not ours to pay
        begin = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command], env=env,
            stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        watch = Watch(process.pid, state)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.stop()
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
    if process.returncode not in expect:
        raise Failed(f"{' '.join(map(str, command))}\nended with "
                     f"{process.returncode}:\n{text[-2000:]}")
    return Measured(seconds, _resident(usage.ru_maxrss, watch.kib),
                    watch.wal, watch.disk,
                    usage.ru_utime + usage.ru_stime, process.returncode,
                    text)


def bare(command, env=None):
    """The milliseconds of a short command, nothing looking on."""
    begin = time.perf_counter()
    done = subprocess.run([str(part) for part in command], env=env,
                          stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True)
    milliseconds = (time.perf_counter() - begin) * 1000
    if done.returncode != 0:
        raise Failed(f"{' '.join(map(str, command))}\nended with "
                     f"{done.returncode}:\n{done.stderr[-2000:]}")
    return milliseconds


def cpu_of(pid):
    """Seconds of processor time that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(by_wait, by_looks):
    """wait4() counts a child from the fork on, so it never says less than
    what we ourselves held then; where it says no more, the looks count."""
    return by_wait if by_wait > _peak_kib("self") else by_looks


def _peak_kib(pid):
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    except (OSError, ValueError):
        pass
    return 0


class Watch(threading.Thread):
    """Looks at a process and its database, every few milliseconds."""

    def __init__(self, pid, state):
        super().__init__(daemon=True)
        self.kib = self.wal = self.disk = 0
        self._pid, self._state = pid, state
        self._ended = threading.Event()

    def run(self):
        while not self._ended.wait(LOOK_SECONDS):
            self.kib = max(self.kib, _peak_kib(self._pid))
            if self._state is None:
                continue
            sizes = database_sizes(self._state)
            self.wal = max(self.wal, sizes.get("-wal", 0))
            self.disk = max(self.disk,
                            sum(sizes.values()) + self._unlinked())

    def stop(self):
        self._ended.set()
        self.join()

    def _unlinked(self):
        """SQLite's temporary files have no name: only the process that
        holds them shows them."""
        total = 0
        folder = f"/proc/{self._pid}/fd"
        try:
            for name in os.listdir(folder):
                path = f"{folder}/{name}"
                if os.readlink(path).endswith(" (deleted)"):
                    total += os.stat(path).st_size
        except OSError:
            pass
        return total


def database_sizes(state):
    """{"": bytes of the database, "-wal": of its journal}"""
    sizes = {}
    for suffix in ("", "-wal"):
        try:
            sizes[suffix] = os.stat(f"{state}/exchange.db{suffix}").st_size
        except OSError:
            pass
    return sizes


def database_marks(state):
    """What a commit could not leave as it is."""
    marks = {}
    for suffix in ("", "-wal"):
        path = Path(f"{state}/exchange.db{suffix}")
        if path.exists():
            stat = path.stat()
            # An empty journal is made by opening, not by a commit.
            if suffix == "" or stat.st_size > 0:
                marks[suffix] = (stat.st_size, stat.st_mtime_ns)
    return marks
