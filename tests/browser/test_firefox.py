"""The page in Firefox, if it is installed."""

from __future__ import annotations

from pathlib import Path

import httpx
import numpy as np
import pytest
from hotseat.speech.synthesis import PreparedVoice

from tests.browser.fake_server import FluentTranscriber, serving
from tests.browser.firefox import FIREFOX, PULSEAUDIO, open_firefox, sound_card
from tests.browser.test_review import Tone
from tests.support.fakes import CATALOGUE, PointGrader, fake_assembly

TYPED = "LoRA freezes the base model and trains two small low-rank matrices."

FRAMES = """(async () => {
    const context = new OfflineAudioContext(1, 16000, 16000); // Where there is no sound card no other context runs.
    await context.audioWorklet.addModule("/static/mic-worklet.js");
    const microphone = new AudioWorkletNode(context, "microphone", { numberOfOutputs: 0 });
    const tone = new OscillatorNode(context);
    tone.connect(microphone);
    tone.start();
    const frame = new Promise((resolve) => (microphone.port.onmessage = ({ data }) => resolve(data)));
    await context.startRendering();
    return (await frame).rms;
})()"""
"""The loudness of what the page's worklet makes of a tone."""


@pytest.mark.skipif(FIREFOX is None, reason="Firefox is not installed")
async def test_the_first_question_in_firefox(tmp_path: Path) -> None:
    """By keys alone: the start page, the microphone, a typed answer with its follow-up, and the review."""
    assembly = fake_assembly(tmp_path)
    assembly.graders.in_use = PointGrader(met=True)
    profile = tmp_path / "profile"
    profile.mkdir()
    async with serving(assembly) as url, open_firefox(profile) as page, httpx.AsyncClient(base_url=url) as http:
        await page.goto(url)
        await page.until("document.querySelector('.lit')?.innerText === 'Hear your first question'")
        assert await page.evaluate("document.querySelector('.lit').getBoundingClientRect().bottom < innerHeight")
        await page.press("n")
        await page.until("document.querySelector('.room[data-phase=ready]')")
        await page.until("document.querySelector('.sound-check select').options.length > 0")
        assert await page.evaluate(FRAMES) > 0

        wanted = {"format": "drill", "question_id": "finetuning/lora"}
        interview = (await http.post("/api/interviews", json=wanted)).json()["id"]
        await page.goto(f"{url}/interview/{interview}")
        await page.until("document.querySelector('.room[data-phase=ready]')")
        await page.press("t")
        for turn_id in (1, 2):
            await page.until("document.activeElement.id === 'typed-answer'")
            kicker = "document.querySelector('.question .kicker').innerText"
            await page.until(f"{kicker}.includes('follow-up') === {str(turn_id == 2).lower()}")
            await page.type(TYPED)
            await page.press("Control", "Enter")
        await page.until("document.querySelector('.room[data-phase=finished]')")
        await page.press(" ")
        await page.until("document.querySelector('.round-head .verdict')")
        review = (await http.get(f"/api/interviews/{interview}")).json()
        assert [answer["text"] for answer in review["rounds"][0]["answers"]] == [TYPED, TYPED]


@pytest.mark.skipif(FIREFOX is None or PULSEAUDIO is None, reason="Firefox or PulseAudio is not installed")
async def test_the_first_question_is_spoken_in_firefox(tmp_path: Path, speech: Path) -> None:
    """The microphone's frames arrive, the question and a recording are heard, and the clock's ring shrinks."""
    assembly = fake_assembly(tmp_path)
    assembly.speech.transcriber = FluentTranscriber()
    assembly.speech.voice = PreparedVoice(Tone(), CATALOGUE.script.constant())
    assembly.graders.in_use = PointGrader(met=True)
    profile, sound, heard = tmp_path / "profile", tmp_path / "sound", tmp_path / "heard"
    profile.mkdir()
    sound.mkdir()
    async with serving(assembly) as url, sound_card(sound) as card, open_firefox(profile, card) as page:
        with card.recording(heard):
            await page.goto(url)
            await page.until("document.querySelector('.lit')?.innerText === 'Hear your first question'")
            await page.press("n")
            await page.until("document.querySelector('.room[data-phase=ready] .sound-check select')?.options.length > 0")
            await page.press(" ")
            await page.until("document.querySelector('.room:is([data-phase=thinking], [data-phase=answering])')", 60)
        samples = np.frombuffer(heard.read_bytes(), np.int16)
        assert np.abs(samples).max() > 1000, "the question is heard"
        with card.hearing(speech):
            await page.until("document.querySelector('.captions .text').innerText.includes('freezes the base model')", 60)
            await page.until("parseFloat(getComputedStyle(document.querySelector('.arc')).strokeDashoffset) > 0.1")
            await page.press(" ")
            await page.until("location.pathname.startsWith('/review/') && document.querySelector('.round-head .verdict')", 60)
        with card.recording(heard):
            await page.press("p")
            await page.until("document.querySelector('.recording input').value > 0.5", 60)
        assert np.abs(np.frombuffer(heard.read_bytes(), np.int16)).max() > 1000, "the answer is heard again"
