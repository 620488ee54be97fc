"""Stands in for the embedded language model's process: reads its settings from stdin, and always gives the same reply."""

from __future__ import annotations

import json
import sys

from tests.support.stub_http import Stub, serving

SAID = "What would you measure first?"


class _Handler(Stub):
    def do_GET(self) -> None:
        self.answer(200, "{}")

    def do_POST(self) -> None:
        asked = json.loads(self.body())
        if asked.get("stream"):
            said = json.dumps({"choices": [{"delta": {"content": SAID}}]})
            self.answer(200, f"data: {said}\n\ndata: [DONE]\n\n", "text/event-stream")
        else:
            self.answer(200, json.dumps({"choices": [{"message": {"content": SAID}}], "usage": None}))


def main() -> None:
    sys.stdin.readline()
    with serving(_Handler) as url:
        print(json.dumps({"url": f"{url}/v1"}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
