#!/usr/bin/env python3
"""GET of the health route, answered 204, beside the same in C on libuv and llhttp: wrk with one thread and 64
keep-alive connections, one request in flight on each. The two take turns.

usage: bench_http.py [--quick] [--rounds N] [--seconds N]
"""
import argparse
from perfkit import *

ROUTE = "/v1.0/healthz/outbound"
UNITS = {"us": 1, "ms": 1e3, "s": 1e6}


def microseconds(shown):
    number, unit = re.match(r"([\d.]+)(us|ms|s)", shown).groups()
    return float(number) * UNITS[unit]


def load(port, seconds):
    command = ["wrk", "-t1", "-c64", f"-d{seconds}s", "--latency", f"http://127.0.0.1:{port}{ROUTE}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        note(f"wrk complains: {said}")
    return {
        "requests": int(re.search(r"(\d+) requests in", said)[1]),
        "per_s": float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),
        "p50_us": microseconds(re.search(r"50%\s+(\S+)", said)[1]),
        "p99_us": microseconds(re.search(r"99%\s+(\S+)", said)[1]),
    }


def measure(server, port, seconds):
    before = cpu_seconds(server.pid)
    run = load(port, seconds)
    run["cpu_us"] = (cpu_seconds(server.pid) - before) * 1e6 / run["requests"]
    run["resident_mb"] = resident_bytes(server.pid) / 1e6
    return run


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=int)
    options = parser.parse_args()
    rounds = options.rounds or (2 if options.quick else 7)
    seconds = options.seconds or (1 if options.quick else 3)
    folder = scratch("http")
    servers, measured = {}, {"mainspring": [], "floor (C)": []}
    try:
        ports = {name: free_port() for name in measured}
        holes = {"http_port": ports["mainspring"], "app_port": free_port(), "data_dir": folder, "app_id": "bench"}
        log = folder / "host.log"
        servers["mainspring"] = Server(HOST_COMMAND.format(**holes), ports["mainspring"], log)
        servers["floor (C)"] = Server([BUILD / "floor", ports["floor (C)"]], ports["floor (C)"])
        for name in servers:
            load(ports[name], 1)
        for number in range(rounds):
            for name in turns(servers, number):
                measured[name].append(measure(servers[name], ports[name], seconds))
    finally:
        for server in servers.values():
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    report(measured)


def report(measured):
    figures = {
        "per_s": "req/s", "cpu_us": "server CPU us/req", "p50_us": "p50 us", "p99_us": "p99 us",
        "resident_mb": "resident MB",
    }
    column = lambda name, key: [run[key] for run in measured[name]]
    rows = [
        [heading, *map(spread, columns), ratios(*columns)]
        for key, heading in figures.items()
        for columns in [[column(name, key) for name in measured]]
    ]
    keep("http", measured)
    print(table(["GET, 204", *measured, "ratio"], rows))


if __name__ == "__main__":
    main()
