#!/usr/bin/env python3
"""The next tick of a schedule, beside the C library's local time and beside a walk through the seconds.

usage: bench_schedule.py [--quick] [--rounds N]
"""
import argparse
from perfkit import *


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int)
    options = parser.parse_args()
    rounds = options.rounds or (3 if options.quick else 20)
    measured = run_json([ROOT / ".build" / "release" / "ScheduleBench", rounds], timeout=600)["schedules"]
    rows = []
    for entry in measured:
        following, library = entry["next_ns"], entry["libc_ns"]
        naive = entry["walk_ns"]
        rows.append([
            entry["zone"], entry["of"], spread(following), ratios(following, library),
            naive and naive / spread(following)["median"], spread(entry["read_ns"])])
    keep("schedule", measured)
    print(table(["zone", "schedule", "next, ns", "next / localtime_r + mktime", "a walk takes, times", "read, ns"], rows))


if __name__ == "__main__":
    main()
