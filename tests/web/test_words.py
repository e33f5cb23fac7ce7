"""What callers and humans hear of us is in the deployment's language, or the log says that it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.site import Site
from warmtransfer.core.words import ENGLISH, LANGUAGES


def said(site: Site) -> list[str]:
    """What a human who is briefed, and a caller who waits, are told."""
    call_id = site.briefing()
    verbs = [*site.document(f"/human/{call_id}/1", CallSid="CAhuman1")]
    verbs += site.document(f"/caller/{call_id}/wait")
    return [each.text or "" for verb in verbs for each in verb.iter("Say")]


def test_a_deployment_in_spanish_says_nothing_of_its_own_in_english(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site = Site(tmp_path, WARMTRANSFER_LANGUAGE="es", WARMTRANSFER_SAY_VOICE="Polly.Lupe-Neural")
    try:
        found, ours = said(site), LANGUAGES["es"]
        assert found[0] == ours.first.format(name="Sam")
        assert {ours.take, ours.decline, ours.keys, ours.moment} < set(found)
        assert "not written" not in caplog.text
    finally:
        site.close()


def test_a_language_that_we_do_not_write_is_english_and_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site = Site(tmp_path, WARMTRANSFER_LANGUAGE="ja")
    try:
        assert ENGLISH.moment in said(site)
        lines = [each for each in caplog.messages if "WARMTRANSFER_LANGUAGE=ja" in each]
        assert len(lines) == 1
        assert "WARMTRANSFER_WORDS" in lines[0]
    finally:
        site.close()
