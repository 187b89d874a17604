"""``make bench``: all measurements in one run, as tables and a plot.

    python benchmarks/run.py [engine] [http] [service] [growth]

Without a name, everything, in about ten minutes on two cores. Writes benchmarks/results/latest.md
and latest.png. The machine should do nothing else meanwhile.
"""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import measures
from measures import Row
from models import opus_sized, starter

RESULTS = Path(__file__).parent / "results"
PARTS = ("engine", "http", "service", "growth")


def main(names: Sequence[str]) -> None:
    wanted = set(names) or set(PARTS)
    tables: dict[str, list[Row]] = {}

    def measure(title: str, rows: Iterable[Row]) -> None:
        print(f"\n{title}", flush=True)
        tables[title] = [show(row) for row in rows]

    if "engine" in wanted:
        measure(
            "opus-mt-sized model, forced lengths, beam 4",
            measures.engines(opus_sized(), forced=True),
        )
    if "http" in wanted:
        measure("servers, opus-mt-sized model", measures.http(opus_sized()))
    if "engine" in wanted:
        measure(
            "bundled starter, its own lengths, beam 4", measures.engines(starter(), forced=False)
        )
    if "service" in wanted:
        measure("the server on the starter", measures.starter_service())
    if "growth" in wanted:
        measure("cost over work, starter, HTTP, 16 clients", measures.growth((1, 10, 100, 1000)))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.md").write_text(markdown(tables), encoding="utf-8")
    plot(tables)


def show(row: Row) -> Row:
    ratio = "" if row.ratio is None else f"{row.ratio:6.2f}"
    print(f"{row.what:60} {row.value:10.1f} {row.unit:8} {ratio:7} {row.bar}", flush=True)
    return row


def signature() -> str:
    """Where and how the numbers were made."""
    import ctranslate2

    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return (
        f"{datetime.date.today()}, commit {commit}, {os.cpu_count()} cores {_processor()}, "
        f"Python {platform.python_version()}, CTranslate2 {ctranslate2.__version__}, "
        f"starter {starter().short_digest}; `python benchmarks/run.py {' '.join(sys.argv[1:])}`"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def markdown(tables: dict[str, list[Row]]) -> str:
    lines = [f"Signature: {signature()}", ""]
    for title, rows in tables.items():
        lines += [f"**{title}**", "", "| what | value | ratio | bar |", "|---|---|---|---|"]
        for row in rows:
            ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
            lines.append(f"| {row.what} | {row.value:,.1f} {row.unit} | {ratio} | {row.bar} |")
        lines.append("")
    return "\n".join(lines)


def plot(tables: dict[str, list[Row]]) -> None:
    """Throughputs as bars: where one would rather look than read."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    shown = {
        title: [row for row in rows if row.unit == "words/s"] for title, rows in tables.items()
    }
    shown = {title: rows for title, rows in shown.items() if rows}
    if not shown:
        return
    heights = [len(rows) for rows in shown.values()]
    figure, axes = pyplot.subplots(
        len(shown),
        1,
        figsize=(9, 0.45 * sum(heights) + 1.1 * len(shown)),
        gridspec_kw={"height_ratios": heights},
        squeeze=False,
    )
    for axis, (title, rows) in zip(axes[:, 0], shown.items(), strict=True):
        names = [row.what for row in rows][::-1]
        values = [row.value for row in rows][::-1]
        colours = ["#9aa5b1" if name.startswith(("raw", "transf")) else "#1f6f8b" for name in names]
        bars = axis.barh(names, values, color=colours)
        axis.bar_label(bars, fmt="%.0f", padding=3)
        axis.set_title(f"{title} (words/s)", loc="left", fontsize=10)
        axis.spines[["top", "right"]].set_visible(False)
        axis.margins(x=0.12)
    figure.tight_layout()
    figure.savefig(RESULTS / "latest.png", dpi=110)


if __name__ == "__main__":
    main(sys.argv[1:])
