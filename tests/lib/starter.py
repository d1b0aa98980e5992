"""The program, started by a fork of one that is loaded already.

Beside the program lies its starter (tests/starter/starter.c), where that was
built: `make test` and `make crash`.
"""

import array
import atexit
import os
import signal
import socket
import struct
import subprocess
import threading

_own = threading.local()


def starter_of(program):
    """The starter of the program, one for each thread; None: it has none, or
    that of an earlier build."""
    path = f"{program}-starter"
    if not os.access(path, os.X_OK) or \
            os.stat(path).st_mtime < os.stat(program).st_mtime:
        return None
    if getattr(_own, "path", None) != path:
        _own.path, _own.starter = path, Starter(path)
    return _own.starter


class Starter:
    def __init__(self, path):
        self.path = path
        self.process = None

    def _begin(self):
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = subprocess.Popen([self.path], stdin=its,
                                        start_new_session=True)
        its.close()
        self.socket = ours
        atexit.register(self.close)

    def close(self):
        """It ends when nobody can ask it any more."""
        if self.process is not None:
            self.socket.close()
            self.process.wait()
            self.process = None

    def _end(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.socket.close()
        self.process = None

    def run(self, command, folder, env, seconds):
        """(status, output, errors) as of subprocess.run(); "timeout"."""
        if self.process is None:
            self._begin()
        strings = [str(folder), *command,
                   *(f"{name}={value}" for name, value in env.items())]
        message = struct.pack("i", len(command)) + b"".join(
            os.fsencode(text) + b"\0" for text in strings)
        fds = [os.memfd_create("out"), os.memfd_create("err")]
        try:
            self.socket.sendmsg([message], [(
                socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))])
            self.socket.settimeout(seconds)
            try:
                answer = self.socket.recv(16)
            except TimeoutError:
                self._end()
                return ("timeout", *map(_whole, fds))
            status = os.waitstatus_to_exitcode(struct.unpack("i", answer)[0])
            return (status, *map(_whole, fds))
        finally:
            for fd in fds:
                os.close(fd)


def _whole(fd):
    return os.pread(fd, os.fstat(fd).st_size, 0)
