"""The first fill of a portal with pictures, killed in its middle and resumed:
none is missing, none of a gallery is sent twice.  A main picture is a field of
its good that the portal shows without a name: where the answer was lost it is
written again, and is the same one."""

import base64
import binascii
import hashlib
import math
import shutil
import signal
import subprocess
import time
from collections import Counter

import measure
from exchange import Exchange
from packages import files_of
from standin import Standin

PICTURES, BATCH, UNKNOWN_SECONDS, RUNS = 3, 50, 60, 6
GALLERY = "catalog.productImage.add"
IN_THE_AIR = 10     # requests whose answers a kill can lose
PATIENCE = 600      # seconds until the portal must have seen half of it
RULES = {"portal": {"requests_per_second": 1000, "burst": 1000}}


def _package(goods):
    """Each good has pictures of its own."""
    return files_of({
        "price_types": {"Розничная": {"id": "vid-r", "currency": "руб"}},
        "goods": {f"p{n}": {
            "name": f"Карандаш № {n}", "unit": "796", "vat": "20",
            "prices": {"Розничная": str(n)},
            "pictures": [f"{n}-{k}.png" for k in range(PICTURES)]}
                  for n in range(1, goods + 1)},
        "images": {f"{n}-{k}.png": f"picture {k} of {n} " + "." * 2000
                   for n in range(1, goods + 1) for k in range(PICTURES)}})


def _sent(params):
    """Hashes of the files in the parameters of a command."""
    if isinstance(params, dict):
        params = list(params.values())
    if isinstance(params, list):
        for value in params:
            yield from _sent(value)
    elif isinstance(params, str) and len(params) > 1000:
        try:
            yield hashlib.sha256(base64.b64decode(
                params, validate=True)).hexdigest()
        except (binascii.Error, ValueError):
            pass


class Filling:
    """One exchange and an empty portal."""

    def __init__(self, program, folder, goods):
        self.goods = goods
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.folder = folder
        self.portal = Standin(folder / "clock")
        self.portal.set_shift(0)
        self.portal.call("reset", {"log_params": True})
        self.exchange = Exchange(folder / "exchange", program, self.portal,
                                 RULES)

    def close(self):
        self.portal.stop()
        shutil.rmtree(self.folder)

    def _requests(self):
        return self.portal.call("stats")["requests"]

    def _kill_in_the_middle(self, package, half):
        """The requests that the portal had seen by then."""
        process = subprocess.Popen(
            self.exchange.command(["import", str(package)]),
            env=self.exchange.environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + PATIENCE
        while self._requests() < half and process.poll() is None and \
                time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        if process.wait() != -signal.SIGKILL:
            raise measure.Failed("it was over before it was killed")
        return self._requests()

    def _resume(self):
        for _ in range(RUNS):
            self.portal.advance(UNKNOWN_SECONDS + 1)
            done = measure.run(self.exchange.command(["run"]),
                               self.exchange.environment(), expect=(0, 1))
            if done.status == 0:
                return
        raise measure.Failed("something stays unsent:\n" + done.out)

    def run(self, table):
        package = self.folder / "package"
        for name, data in _package(self.goods).items():
            (package / name).parent.mkdir(parents=True, exist_ok=True)
            (package / name).write_bytes(data)
        pictures = self.goods * PICTURES
        # A good with its main picture, its price, its other pictures.
        least = math.ceil((self.goods + pictures) / BATCH)
        half = self._kill_in_the_middle(package, least // 2)
        self._resume()
        log = self.portal.call(f"log?limit={self._requests()}")
        sent = {main: Counter(found for entry in log
                              for command in entry["commands"]
                              if command.get("done") and main == (
                                  command["method"] != GALLERY)
                              for found in _sent(command["params"]))
                for main in (True, False)}
        again = {main: sum(times - 1 for times in sent[main].values())
                 for main in sent}
        held = len(self.portal.call("dump")["images"])
        table.add(f"first fill of {self.goods:,} goods with pictures, killed "
                  f"after {half} requests and resumed",
                  f"{pictures:,}, none twice",
                  f"{len(sent[True]) + len(sent[False]):,} sent, of a "
                  f"gallery {again[False]} again, main {again[True]}", None,
                  len(sent[True]) + len(sent[False]) == pictures and
                  held == pictures - self.goods and again[False] == 0 and
                  again[True] <= BATCH * IN_THE_AIR)
        table.add("… requests", f"{least} at least",
                  f"{self._requests()}", self._requests() / least, None)
