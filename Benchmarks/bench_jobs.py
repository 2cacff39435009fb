#!/usr/bin/env python3
"""The jobs runtime beside the same API in C (floors/floor_jobs.c: libuv, llhttp, a timing wheel, RocksDB with one
synced batch a group). They take turns; ratios are taken round by round. Jobs are triggered to floors/sink.c.

usage: bench_jobs.py [--quick] [--parts schedule,trigger,pending] [--only host,floor,peer] and the options below

schedule  POST unique names over 64 keep-alive connections, then GET and DELETE all of them
trigger   N jobs due at one instant, and spread over 10 s: rate, lateness, lost, duplicated
pending   with N pending: bytes a job, idle CPU, restart after SIGTERM and after SIGKILL, and what is kept

BENCH_HOST_CMD    the host instead of .build/release/mainspring; run by the shell, so begin it with `exec`
BENCH_PEER_CMD    another one beside it, such as an earlier build: the way to see a regression
BENCH_FLOOR       rocks (default), log or mem: where the floor keeps jobs
BENCH_SCRATCH     where the folders for data are made: put it on a real disk, or syncs cost nothing
"""
import argparse
import http.client
from perfkit import *

PATH = "/v1.0-alpha1/jobs/"
FLOOR = os.environ.get("BENCH_FLOOR", "rocks")
LONGEST_LOAD = 240  # seconds; a load that would take longer is left out, and said to be
TWO_HOURS, ONE_HOUR = 7_200_000, 3_600_000
JOB_BYTES = 160


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small numbers, 2 rounds")
    parser.add_argument("--parts", default="schedule,trigger,pending")
    parser.add_argument("--only", default="host,floor,peer")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--schedule", type=int, default=50_000, metavar="JOBS")
    parser.add_argument("--trigger", default="10000,100000", metavar="JOBS,JOBS")
    parser.add_argument("--pending", default="100000,1000000", metavar="JOBS,JOBS")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--idle", type=float, default=10.0, help="seconds that an idle host is watched")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.schedule, options.idle = 2, 5_000, 3.0
        options.trigger, options.pending = "2000", "10000"
    return options


def now_ms():
    return int(time.time() * 1000)


def ask(port, path, method="GET", timeout=60):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


class Host:
    """A contestant that runs on a data folder of its own."""

    def __init__(self, command, app_port, folder, connections):
        self.command, self.app_port, self.connections = command, app_port, connections
        self.data = folder
        self.start()

    def start(self, probe=None, timeout=300.0):
        """Seconds from exec to the first answer, or with `probe` to the first 200 for it; `None` if none comes."""
        self.port = free_port()
        store = self.data / "store"
        store.mkdir(parents=True, exist_ok=True)
        holes = {"http_port": self.port, "app_port": self.app_port, "data_dir": store, "app_id": "bench"}
        started = time.monotonic()
        self.server = Server(self.command.format(**holes), log=self.data / "host.log")
        while time.monotonic() - started < timeout:
            try:
                self.server.check()
            except RuntimeError:
                self.end()
                raise
            try:
                status, _ = ask(self.port, PATH + (probe or "no-such-job"), timeout=timeout)
                if status == 200 or not probe:
                    return time.monotonic() - started
            except OSError:
                pass  # it does not listen yet
            time.sleep(0.002)
        self.server.stop()
        return None

    @property
    def pid(self):
        return self.server.pid

    def load(self, **arguments):
        return load(port=self.port, **{"conns": self.connections, "path": PATH, **arguments})

    def stop(self, kind=signal.SIGTERM):
        started = time.monotonic()
        self.server.stop(kind)
        return time.monotonic() - started

    def end(self):
        self.server.stop()
        shutil.rmtree(self.data, ignore_errors=True)


def load(**arguments):
    run = run_json([BUILD / "jload"] + [f"{key}={value}" for key, value in arguments.items()])
    if run["failed"] or run["broken"]:
        note(f"{arguments}: {run['failed']} failed, the first with {run['first_bad_status']}; {run['broken']} broken")
    return run


class Bench:
    """The contestants, what was measured of them, and the parts that measure."""

    def __init__(self, options):
        self.options = options
        self.folder = scratch("jobs")
        commands = {
            "host": HOST_COMMAND,
            "floor": f"exec {BUILD}/floor_jobs {{http_port}} {{app_port}} {FLOOR} {{data_dir}}",
            "peer": os.environ.get("BENCH_PEER_CMD"),
        }
        wanted = options.only.split(",")
        self.commands = {name: command for name, command in commands.items() if command and name in wanted}
        self.rows, self.kept, self.rate = [], {}, {}

    def run(self):
        self.sink_port = free_port()
        try:
            with Server([BUILD / "sink", self.sink_port], self.sink_port):
                for part in self.options.parts.split(","):
                    {"schedule": self.schedule, "trigger": self.trigger, "pending": self.pending}[part]()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
        keep("jobs", self.kept)
        others = [name for name in self.commands if name != "host"]
        print(table(["figure", "unit", *self.commands, *(f"host / {name}" for name in others)], self.rows))

    def host(self, name):
        folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))
        return Host(self.commands[name], self.sink_port, folder, self.options.connections)

    def show(self, figure, unit, runs):
        """runs: a value a round, by contestant"""
        self.kept[figure] = {"unit": unit, **runs}
        others = [ratios(runs.get("host", []), runs[name]) for name in self.commands if name != "host"]
        self.rows.append([figure, unit, *(spread(runs[name]) for name in self.commands), *others])

    def show_alone(self, figure, unit, values):
        """A figure that is not a contestant's, in the floor's column."""
        self.kept[figure] = {"unit": unit, "values": values}
        columns = [spread(values) if name == "floor" else None for name in self.commands]
        no_ratios = [None for name in self.commands if name != "host"]
        self.rows.append([figure, unit, *columns, *no_ratios])

    def is_too_long(self, name, jobs):
        seconds = jobs / self.rate.get(name, 10_000)
        if seconds > LONGEST_LOAD:
            note(f"{name}: scheduling {jobs} jobs would take about {seconds:.0f} s: left out")
        return seconds > LONGEST_LOAD

    def schedule(self):
        jobs, rounds = self.options.schedule, self.options.rounds
        runs = {(verb, name): [] for verb in ("POST", "GET", "DELETE", "one") for name in self.commands}
        for number in range(rounds):
            for name in turns(self.commands, number):
                host = self.host(name)
                try:
                    due = now_ms() + TWO_HOURS
                    host.load(n=min(2000, jobs), due=due, prefix="warm")
                    for verb in ("POST", "GET", "DELETE"):
                        before = cpu_seconds(host.pid)
                        run = host.load(n=jobs, due=due, method=verb)
                        run["cpu_us"] = (cpu_seconds(host.pid) - before) * 1e6 / jobs
                        runs[verb, name].append(run)
                    self.rate[name] = runs["POST", name][-1]["per_s"]
                    runs["one", name].append(host.load(n=min(1000, jobs), due=due, prefix="one", conns=1))
                finally:
                    host.end()
        units = {"per_s": "req/s", "p50_us": "us", "p99_us": "us", "cpu_us": "server CPU us/req"}
        for verb, label in (("POST", "schedule"), ("GET", "get"), ("DELETE", "delete")):
            for key, unit in units.items():
                values = {name: [run[key] for run in runs[verb, name]] for name in self.commands}
                self.show(f"{label} {key}", unit, values)
        alone = {name: [run["p50_us"] for run in runs["one", name]] for name in self.commands}
        self.show("schedule, one at a time p50_us", "us", alone)
        # No durable answer can be faster than the disk.
        command = [BUILD / "fsync_floor", self.folder / "sync", 1000, "append", JOB_BYTES]
        syncs = [run_json(command)["p50_us"] for _ in range(rounds)]
        self.show_alone("disk: a job's bytes and fdatasync p50_us", "us", syncs)
        if "host" in alone and statistics.median(alone["host"]) < min(syncs):
            note("the host answers a lone schedule faster than this disk syncs: is it durable before it answers?")

    def trigger(self):
        for jobs in map(int, self.options.trigger.split(",")):
            for label, spread_ms in (("at once", 0), ("over 10 s", 10_000)):
                self.trigger_of(jobs, label, spread_ms)
        arguments = {"n": 100_000, "conns": self.options.connections, "path": "/job/", "dumb": 1}
        ceiling = [load(port=self.sink_port, **arguments)["per_s"] for _ in range(self.options.rounds)]
        self.show_alone("sink's own ceiling", "req/s", ceiling)

    def trigger_of(self, jobs, label, spread_ms):
        runs = {name: [] for name in self.commands}
        for number in range(self.options.rounds):
            for name in turns(self.commands, number):
                host = self.host(name)
                try:
                    run = self.trigger_once(host, name, jobs, spread_ms)
                finally:
                    host.end()
                if run and (run["lost"] or run["duplicates"]):
                    note(f"{name}: trigger {jobs} {label}: {run['lost']} lost, {run['duplicates']} duplicates")
                runs[name].append(run or {})
        units = {
            "per_s": "triggers/s", "late_p50_ms": "ms", "late_p99_ms": "ms", "late_max_ms": "ms",
            "cpu_us": "server CPU us/trigger", "lost": "jobs", "duplicates": "jobs",
        }
        for key, unit in units.items():
            values = {name: [run.get(key) for run in runs[name]] for name in self.commands}
            self.show(f"trigger {jobs} {label} {key}", unit, values)

    def trigger_once(self, host, name, jobs, spread_ms):
        # Warm-up: the connections to the app exist, and the code has run.
        ask(self.sink_port, "/reset", "POST")
        self.rate[name] = max(host.load(n=2000, due=now_ms() + 700, prefix="warm")["per_s"], 50.0)
        self.wait_for(2000, patience=30)
        ask(self.sink_port, "/reset", "POST")
        if self.is_too_long(name, jobs):
            return None
        due = now_ms() + int(jobs / self.rate[name] * 2000) + 1500
        host.load(n=jobs, due=due, spread=spread_ms)
        if now_ms() > due:
            note(f"{name}: scheduling {jobs} jobs took longer than planned: their lateness is off")
        before = cpu_seconds(host.pid)
        time.sleep(max(0, (due + spread_ms - now_ms()) / 1000))
        self.wait_for(jobs, patience=60)
        time.sleep(0.3)  # for duplicates that come late
        run = self.sink_stats()
        run["cpu_us"] = (cpu_seconds(host.pid) - before) * 1e6 / jobs
        run["lost"] = jobs - (run["got"] - run["duplicates"])
        return run

    def sink_stats(self):
        return json.loads(ask(self.sink_port, "/stats")[1])

    def wait_for(self, jobs, patience):
        """Until the sink has all, or nothing has come for `patience` seconds."""
        last, since = -1, time.monotonic()
        while time.monotonic() - since < patience:
            run = self.sink_stats()
            if run["got"] - run["duplicates"] >= jobs:
                return
            if run["got"] != last:
                last, since = run["got"], time.monotonic()
            time.sleep(0.25)

    def pending(self):
        units = {
            "bytes_per_job": "bytes", "idle_cpu_percent": "% of a core", "idle_wakeups_per_s": "1/s", "stop_s": "s",
            "restart_term_s": "s", "restart_kill_s": "s", "kept_after_kill": "of 1", "disk_mb": "MB",
        }
        for jobs in map(int, self.options.pending.split(",")):
            runs = {name: [] for name in self.commands}
            for number in range(self.options.rounds if jobs <= 100_000 else min(self.options.rounds, 2)):
                for name in turns(self.commands, number):
                    if self.is_too_long(name, jobs):
                        continue
                    host = self.host(name)
                    try:
                        runs[name].append(self.pending_once(host, name, jobs))
                    finally:
                        host.end()
            for key, unit in units.items():
                values = {name: [run.get(key) for run in runs[name]] for name in self.commands}
                self.show(f"pending {jobs} {key}", unit, values)

    def pending_once(self, host, name, jobs):
        due = now_ms() + TWO_HOURS
        host.load(n=2000, due=due, prefix="warm")
        time.sleep(0.5)
        before = resident_bytes(host.pid)
        self.rate[name] = host.load(n=jobs, due=due, spread=ONE_HOUR)["per_s"]
        time.sleep(1.5)  # for what the last jobs left to do
        run = {"bytes_per_job": (resident_bytes(host.pid) - before) / jobs}
        cpu, woken, started = fine_cpu_seconds(host.pid), wakeups(host.pid), time.monotonic()
        time.sleep(self.options.idle)
        passed = time.monotonic() - started
        run["idle_cpu_percent"] = (fine_cpu_seconds(host.pid) - cpu) / passed * 100
        run["idle_wakeups_per_s"] = (wakeups(host.pid) - woken) / passed
        run["disk_mb"] = sum(file.stat().st_size for file in host.data.rglob("*") if file.is_file()) / 1e6
        if name == "floor" and FLOOR == "mem":
            return run
        last = f"b-{jobs - 1}-{due + int(float(ONE_HOUR) * (jobs - 1) / jobs)}"
        run["stop_s"] = host.stop()
        run["restart_term_s"] = host.start(probe=last)
        host.load(n=1000, due=due, prefix="more")
        host.stop(signal.SIGKILL)
        run["restart_kill_s"] = host.start(probe=last)
        if run["restart_kill_s"] is not None:
            kept = host.load(n=jobs, due=due, spread=ONE_HOUR, method="GET")
            run["kept_after_kill"] = kept["ok"] / jobs
        return run


if __name__ == "__main__":
    Bench(parse_options()).run()
