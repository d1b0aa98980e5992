"""The table of DESIGN 9."""

HEADS = ("what", "goal", "measured", "ratio", "")


class Table:
    def __init__(self):
        self.rows = []
        self.broken = 0

    def add(self, what, goal, measured, ratio, reached):
        """ratio: a number, or None; reached: None where nothing was
        promised."""
        verdict = {True: "ok", False: "NOT", None: ""}[reached]
        self.rows.append((what, goal, measured,
                          "" if ratio is None else f"{ratio:.2f}", verdict))

    def fail(self, what, error):
        self.broken += 1
        self.rows.append((what, "", "did not run", "", "FAILED"))
        print(f"{what}: {error}", flush=True)

    def show(self):
        widths = [max(len(row[i]) for row in [HEADS, *self.rows])
                  for i in range(len(HEADS))]
        print()
        for row in [HEADS, ["-" * width for width in widths], *self.rows]:
            print("  ".join(
                cell.rjust(width) if i == 3 else cell.ljust(width)
                for i, (cell, width) in enumerate(zip(row, widths))
            ).rstrip())


def seconds(value):
    return f"{value:.0f} s" if value >= 100 else \
        f"{value:.1f} s" if value >= 10 else f"{value:.2f} s"


def size(value):
    for unit in ("B", "KiB", "MiB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if value >= 100 or unit == "B" \
                else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} GiB"
