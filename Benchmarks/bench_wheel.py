#!/usr/bin/env python3
"""The timer wheel beside libuv's timers, and the wheel in C that is the limit; all three take turns.

usage: bench_wheel.py [--quick] [--rounds N]
"""
import argparse
from perfkit import *

COLUMNS = {
    "insert_ns": "insert", "churn_ns": "random cancel + insert", "cancel_ns": "cancel in order",
    "fire_ns": "fire, one instant", "drain_ns": "fire, over 1 h", "bytes": "bytes",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int)
    options = parser.parse_args()
    rounds = options.rounds or (2 if options.quick else 5)
    sizes = [10_000, 100_000] if options.quick else [10**power for power in range(3, 8)]
    contestants = {
        "mainspring": [ROOT / ".build" / "release" / "WheelBench"],
        "libuv": [BUILD / "uv_timers", "cost"],
        "wheel in C": [BUILD / "wheel_bench", "cost"],
    }
    rows, kept = [], []
    for size in sizes:
        measured = {name: [] for name in contestants}
        for number in range(rounds if size < 10**7 else min(rounds, 2)):
            for name in turns(contestants, number):
                measured[name].append(run_json([*contestants[name], size], timeout=300))
        column = lambda name, key: [run.get(key) for run in measured[name]]
        for name in contestants:
            figures = {key: spread(column(name, key)) for key in COLUMNS}
            kept.append({"timers": size, "of": name, **figures})
            rows.append([f"{size:,}", name, *figures.values()])
        for name in list(contestants)[1:]:
            figures = [ratios(column("mainspring", key), column(name, key)) for key in COLUMNS]
            rows.append([f"{size:,}", f"mainspring / {name}", *figures])
    keep("wheel", kept)
    print(table(["timers", "nanoseconds, bytes", *COLUMNS.values()], rows))


if __name__ == "__main__":
    main()
