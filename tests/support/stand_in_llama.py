"""A process that behaves like the embedded language model's: told on stdin what to serve, and says the same to everybody."""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SAID = "What would you measure first?"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer("application/json", "{}")

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if asked.get("stream"):
            self._answer(
                "text/event-stream", f"data: {json.dumps({'choices': [{'delta': {'content': SAID}}]})}\n\ndata: [DONE]\n\n"
            )
        else:
            self._answer("application/json", json.dumps({"choices": [{"message": {"content": SAID}}], "usage": None}))

    def _answer(self, kind: str, body: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_args: object) -> None: ...


def main() -> None:
    sys.stdin.readline()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"url": f"http://127.0.0.1:{server.server_port}/v1"}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
