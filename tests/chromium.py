"""A real browser for tests: Chromium without a screen, whose microphone is a WAV file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
#: Microphones are given without a question, sound needs no click, and a container has no sandbox.
FLAGS = (
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--no-sandbox",
    "--autoplay-policy=no-user-gesture-required", "--disable-dev-shm-usage",
)  # fmt: skip


def executable() -> str:
    """Where Chromium is, "" where there is none."""
    return os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), "")


needs_chromium = pytest.mark.skipif(
    not executable(), reason="no browser here: apt-get install chromium, or say where it is in CHROMIUM"
)


@contextmanager
def browsers(*microphones: Path, flags: Sequence[str] = ()) -> Iterator[list[Browser]]:
    """As many browsers as there are microphones; each WAV is heard once."""
    with sync_playwright() as playwright:
        found = [
            playwright.chromium.launch(
                executable_path=executable(),
                args=[*FLAGS, *flags, f"--use-file-for-fake-audio-capture={wav}%noloop"],
            )
            for wav in microphones
        ]
        try:
            yield found
        finally:
            for each in found:
                each.close()


@contextmanager
def kept(folder: Path, **pages: Page) -> Iterator[None]:
    """Leaves a picture of every page in the folder when a test fails on it."""
    try:
        yield
    except BaseException:
        for name, page in pages.items():
            page.screenshot(path=folder / f"{name}.png", full_page=True)
        raise
