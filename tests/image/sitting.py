"""A spoken interview with a server inside an image, and measurements of the container meanwhile."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

from tests.image.building import inspected
from tests.image.running import Container

LORA = "finetuning/lora"
_UNTIL_READY = """
import time, urllib.request
while True:
    try:
        urllib.request.urlopen("http://127.0.0.1:8000/readyz")
        break
    except OSError:
        time.sleep(0.05)
"""
_MEMORY = """
import glob, re
text = "".join(open(path).read() for path in glob.glob("/proc/[0-9]*/smaps_rollup"))
print(sum(map(int, re.findall(r"^Pss: +(\\d+)", text, re.MULTILINE))))
"""
_PARTS = """
import json, urllib.request
headers = {"authorization": "Bearer " + open("/data/token").read()}
status = json.load(urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:8000/api/status", headers=headers)))
print(json.dumps({part["name"]: part["state"] for part in status["parts"]}))
"""
_ABROAD = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 9))"


def sit_in(image: str, data: Path, answer: Path) -> dict[str, Any]:
    """Starts the image, waits until it is ready, looks around in it, and speaks the answer into an interview."""
    data.mkdir()
    shutil.copy(answer, data / "answer.wav")
    with Container(image, data) as container:
        container.run("python", "-c", _UNTIL_READY)
        ready_s = time.monotonic() - container.started
        found = {
            "ready_s": round(ready_s, 1),
            "megabytes": round(inspected(image)["bytes"] / 1e6),
            "user": container.run("id", "-u").stdout.strip(),
            "capabilities": container.run("grep", "CapEff", "/proc/self/status").stdout.split()[1],
            "write_to_root": container.run("touch", "/app/x").stderr.strip(),
            "send_abroad": container.run("python", "-c", _ABROAD).stderr.strip().splitlines()[-1],
            "parts": json.loads(container.run("python", "-c", _PARTS).stdout),
            "healthy": container.healthy(),
            "started_with": container.log.splitlines()[0],
        }
        rehearsal = ["hotseat", "rehearse", "--json", "--question", LORA, "--url", "http://127.0.0.1:8000"]
        done = container.run(*rehearsal, "--audio", "/data/answer.wav")
        assert done.returncode == 0, f"{done.stderr}\n{container.log}"
        found["interview"] = json.loads(done.stdout)
        found["memory_megabytes"] = round(int(container.run("python", "-c", _MEMORY).stdout) / 1000)
    found["stopped_with"] = container.stopped_with
    found["data"] = sorted(path.name for path in data.iterdir())
    return found
