"""Short runs of the long benchmarks: a few kills, a thousand fuzzed inputs, a few interviews in a row."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import crowd, fuzz, kills, soak, strangers
from benchmarks.soak import PACE


async def test_three_kills_lose_at_most_a_second_of_audio(tmp_path: Path) -> None:
    """SIGKILL at three random moments loses no finished answer and at most a second of an open one."""
    tally = await kills.run(3, 7, tmp_path, longest_s=1.0)
    assert tally.faults == []
    assert tally.kills == 3 and tally.interviews >= 4 and tally.answers >= 4


def test_made_up_messages_and_frames_crash_nothing(tmp_path: Path) -> None:
    """Made-up messages and frames crash nothing, hang nothing, and are all answered."""
    tally = fuzz.fuzz_socket(1_000, 7, tmp_path)
    assert tally.faults == []
    assert tally.replies["error"] > 250 and tally.replies["finished"] >= 10


@pytest.mark.filterwarnings("ignore")
def test_a_few_hundred_requests() -> None:
    """No made-up request to any route is answered with 5xx."""
    with fuzz.light_server() as server:
        tally = fuzz.fuzz_routes(200, 7, server.url)
    assert tally.faults == []
    assert tally.inputs >= 100 and tally.replies["200"] > 10


async def test_interviews_in_a_row(tmp_path: Path) -> None:
    """Tasks and open files are the same after some more interviews."""
    server = soak.LightServer(tmp_path / "data", LIGHT_PACE=str(PACE)).wait_until_ready()
    try:
        readings, wrong = await soak.soak(server.url, 5, 0.03, print)
    finally:
        server.stop()
    assert wrong == []
    assert readings[-1].tasks <= readings[0].tasks and readings[-1].files <= readings[0].files


def test_what_strangers_can_take_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever more strangers than there is room for send, memory, descriptors and log stay small."""
    monkeypatch.setattr(strangers, "HOLD_S", 0.5)
    costs = strangers.strangers_at(tmp_path / "data", 400, 5, print)
    assert len(costs) == 7
    for what, cost in costs.items():
        assert cost.memory_mb < 120, what
        assert cost.files < crowd.DESCRIPTORS - 300, what
        assert cost.log_bytes < 5_000 and cost.data_bytes < 5_000_000, what
