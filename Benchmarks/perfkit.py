"""What every benchmark here needs: ports, processes, CPU and memory of a process tree, medians and tables."""
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = Path(os.environ.get("BENCH_BUILD") or ROOT / ".build" / "benchmarks")
RESULTS = BUILD / "results"
HOST_COMMAND = os.environ.get("BENCH_HOST_CMD") or (
    f"exec {ROOT}/.build/release/mainspring serve --http-port {{http_port}} --app-port {{app_port}}"
    " --data-dir {data_dir} --app-id {app_id}"
)
CLOCK_TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGESIZE")


def scratch(name):
    """A new folder for data. Beside the build, as a folder for temporary files is often no disk at all."""
    where = Path(os.environ.get("BENCH_SCRATCH") or BUILD / "scratch")
    where.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=where))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def turns(contestants, round_number):
    """The order of a round: A B C, then C B A, so that nobody always runs on the warmer machine."""
    names = list(contestants)
    return names if round_number % 2 == 0 else names[::-1]


# Processes


def stat_fields(pid):
    with open(f"/proc/{pid}/stat") as file:
        text = file.read()
    return text[text.rindex(")") + 2 :].split()


def tree(pid):
    """pid and all its descendants"""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                children.setdefault(int(stat_fields(entry)[1]), []).append(int(entry))
            except OSError:
                pass  # it has ended meanwhile
    found, waiting = [], [pid]
    while waiting:
        process = waiting.pop()
        found.append(process)
        waiting += children.get(process, [])
    return found


def cpu_seconds(pid):
    """User and system seconds used so far by pid and its living descendants."""
    total = 0
    for process in tree(pid):
        try:
            fields = stat_fields(process)
            total += int(fields[11]) + int(fields[12])
        except OSError:
            pass
    return total / CLOCK_TICK


def thread_files(pid, name):
    for process in tree(pid):
        try:
            for thread in os.listdir(f"/proc/{process}/task"):
                with open(f"/proc/{process}/task/{thread}/{name}") as file:
                    yield file.read()
        except OSError:
            pass


def fine_cpu_seconds(pid):
    """As cpu_seconds, to the nanosecond, of the threads that are alive now: for idle servers."""
    return sum(int(text.split()[0]) for text in thread_files(pid, "schedstat")) / 1e9


def wakeups(pid):
    """How often a thread went to sleep of its own accord: an idle server that ticks shows here."""
    switches = re.compile(r"^voluntary_ctxt_switches:\s+(\d+)", re.M)
    return sum(int(switches.search(text)[1]) for text in thread_files(pid, "status"))


def resident_bytes(pid):
    total = 0
    for process in tree(pid):
        try:
            with open(f"/proc/{process}/statm") as file:
                total += int(file.read().split()[1]) * PAGE
        except OSError:
            pass
    return total


class Server:
    """A child in a process group of its own, which ends with it; its output goes to a log file."""

    def __init__(self, command, port=None, log=None, timeout=30.0):
        self.log = log
        with open(log, "ab") if log else open(os.devnull, "wb") as output:
            self.process = subprocess.Popen(
                command if isinstance(command, str) else [str(word) for word in command],
                shell=isinstance(command, str), stdout=output, stderr=output, start_new_session=True)
        self.pid = self.process.pid
        if port:
            try:
                self.wait_for(port, timeout)
            except Exception:
                self.stop()
                raise

    def wait_for(self, port, timeout):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            self.check()
            try:
                socket.create_connection(("127.0.0.1", port), 0.5).close()
                return
            except OSError:
                time.sleep(0.005)
        raise TimeoutError(f"nothing listens on {port}: {self.process.args}")

    def check(self):
        if self.process.poll() is not None:
            said = Path(self.log).read_text(errors="replace")[-500:] if self.log else ""
            raise RuntimeError(f"ended with {self.process.returncode}: {self.process.args}\n{said}")

    def stop(self, first=signal.SIGTERM):
        for kind, patience in ((first, 10), (signal.SIGKILL, 5)):
            try:
                os.killpg(self.pid, kind)
                self.process.wait(patience)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def run_json(command, **options):
    """Runs a program that prints a line of JSON, and returns what it says."""
    run = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    lines = [line for line in run.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise RuntimeError(f"{command} ended with {run.returncode}: {run.stdout[-300:]} {run.stderr[-300:]}")
    return json.loads(lines[-1])


# Figures


def spread(values):
    """Median, and the noise: least and most."""
    values = [value for value in values if value is not None]
    if not values:
        return None
    return {"median": statistics.median(values), "min": min(values), "max": max(values), "runs": len(values)}


def ratios(ours, theirs):
    """Ours to theirs, round by round: what drifts from round to round drifts for both."""
    return spread([a / b for a, b in zip(ours, theirs) if a is not None and b])


def text(value):
    if value is None:
        return "-"
    if isinstance(value, dict):
        return f"{text(value['median'])} ({text(value['min'])}–{text(value['max'])})"
    if isinstance(value, str):
        return value
    if value == 0:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def table(heads, rows):
    cells = [[text(cell) for cell in row] for row in [heads, *rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in cells]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def keep(name, data):
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(data, indent=1) + "\n")


def note(message):
    print("note:", message, file=sys.stderr, flush=True)
