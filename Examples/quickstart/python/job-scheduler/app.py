"""The app that schedules: two jobs for the job service, given to the service's host."""

import json
import os
import sys
import time
import urllib.error
import urllib.request

# DAPR_HTTP_PORT would name this app's own host; the jobs belong to the service's.
HOST = os.environ.get("DAPR_HOST", "http://127.0.0.1")
PORT = os.environ.get("JOB_SERVICE_DAPR_HTTP_PORT", "6280")
# How many times faster than written every wait and every due time is.
SPEED = float(os.environ.get("QUICKSTART_SPEED", "1"))

STARTED = time.monotonic()


def wait_until(second):
    time.sleep(max(0, STARTED + second / SPEED - time.monotonic()))


def request(method, name, body=None):
    """The body of the answer; any status but 2xx ends the program with what the host said."""
    headers = {"Content-Type": "application/json"}
    if token := os.environ.get("DAPR_API_TOKEN"):
        headers["dapr-api-token"] = token
    url = f"{HOST}:{PORT}/v1.0/jobs/{name}"
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, data, headers, method=method), timeout=15
        ) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        sys.exit(f"{method} {url}: {error.code} {error.read().decode()}")
    except OSError as error:
        sys.exit(f"{method} {url}: {error}")


def schedule(name, task, seconds):
    request("POST", name, {"data": {"Value": f"{name}:{task}"}, "dueTime": f"{seconds / SPEED:g}s"})
    print(f"Job Scheduled: {name}", flush=True)


def show(name):
    print(f"Job details: {request('GET', name)}", flush=True)


wait_until(5)
schedule("R2-D2", "Oil Change", 15)
wait_until(10)
show("R2-D2")
schedule("C-3PO", "Limb Calibration", 20)
wait_until(15)
show("C-3PO")
# Both jobs have been done by then: the service says so.
wait_until(45)
