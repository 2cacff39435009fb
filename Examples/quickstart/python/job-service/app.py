"""The app that does the jobs: its host sends each one as POST /job/<name> when it is due."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def maintenance_order(body):
    """The droid and the task in {"Value":"Droid:Task"}, or in the same as a plain string."""
    data = json.loads(body)
    value = data.get("Value") if isinstance(data, dict) else data
    droid, colon, task = value.partition(":") if isinstance(value, str) else ("", "", "")
    if not (droid and task):
        raise ValueError(f'{body!r} is not of the form {{"Value":"Droid:Task"}}')
    return droid, task


class JobService(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self.path.startswith("/job/"):
            return self.answer(404)
        try:
            droid, task = maintenance_order(body)
        except ValueError as error:
            print(f"Refused a job: {error}", flush=True)
            return self.answer(400)
        # One write, so that two jobs at a time do not mix their lines.
        print(
            "Received job request...\n"
            f"Starting droid: {droid}\n"
            f"Executing maintenance job: {task}\n",
            end="",
            flush=True,
        )
        # Only now: a job that is not answered is sent again.
        self.answer(200)

    def do_GET(self):
        self.answer(404)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format, *arguments):
        """Says nothing: the jobs speak for themselves."""


if __name__ == "__main__":
    port = int(os.environ.get("APP_PORT", "6200"))
    server = ThreadingHTTPServer(("127.0.0.1", port), JobService)
    print(f"Server started on port {port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
