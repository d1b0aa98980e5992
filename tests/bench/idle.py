"""A run with nothing to do where 1C has many values of lists, all of which
the portal has: what it costs does not grow with them."""

import shutil
from statistics import median

import catalogue
import measure
from exchange import Exchange
from standin import Standin

LISTS, RUNS, IDLE_MS = 10, 20, 30
GOODS = 10
RULES = {"catalog": {**catalogue.RULES["catalog"],
                     "properties": {"*": "create"}},
         "portal": {"requests_per_second": 1000, "burst": 1000}}


def _list(number, values):
    """A property of 1C that is chosen from so many values."""
    choices = "".join(
        f"<Справочник><ИдЗначения>{number:08}-0000-4000-8000-{value:012}"
        f"</ИдЗначения><Значение>Значение {number}-{value}</Значение>"
        "</Справочник>" for value in range(values))
    return (f"<Свойство><Ид>{number:08}-0000-4000-9000-000000000000</Ид>"
            f"<Наименование>Свойство {number}</Наименование>"
            "<ТипЗначений>Справочник</ТипЗначений><ВариантыЗначений>"
            f"{choices}</ВариантыЗначений></Свойство>\n")


class Idle:
    """One exchange with a portal that has been told all values."""

    def __init__(self, program, folder, values, catalogues):
        self.values = values
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.folder = folder
        self.package = folder / "package"
        shutil.copytree(catalogues.package(GOODS), self.package)
        self._add_lists(self.package / "import0_1.xml")
        self.portal = Standin(folder / "clock")
        self.portal.set_shift(0)
        self.portal.call("reset", {"log_params": False})
        self.exchange = Exchange(folder / "exchange", program, self.portal,
                                 RULES)

    def _add_lists(self, path):
        text = path.read_text(encoding="utf-8")
        end = "</Классификатор>"
        lists = "".join(_list(number + 1, self.values // LISTS)
                        for number in range(LISTS))
        path.write_text(text.replace(
            end, f"<Свойства>{lists}</Свойства>{end}", 1), encoding="utf-8")

    def close(self):
        self.portal.stop()
        shutil.rmtree(self.folder)

    def run(self, table):
        env = self.exchange.environment()
        measure.run(self.exchange.command(["import", str(self.package)]),
                    env)
        held = len(self.portal.call("dump")["property_enums"])
        if held < self.values:
            raise measure.Failed(f"the portal holds {held} values only")
        del env["CML24_TEST_CLOCK"]
        command = self.exchange.command(["run"])
        measure.bare(command, env)
        milliseconds = median(measure.bare(command, env)
                              for _ in range(RUNS))
        table.add(f"a run with nothing to do, {self.values:,} values of "
                  "lists", f"<= {IDLE_MS} ms", f"{milliseconds:.1f} ms",
                  milliseconds / IDLE_MS, milliseconds <= IDLE_MS)
