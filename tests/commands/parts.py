"""A call as an operator looks at it, and the commands as they type them."""

from __future__ import annotations

import threading
from dataclasses import replace

from click.testing import Result

from tests.desk.parts import eventually
from tests.web.site import Site
from warmtransfer.core import events as ev
from warmtransfer.core.call import Call, Stage
from warmtransfer.core.place import Waits
from warmtransfer.ports.store.records import Decision

KIM = "CA" + "2" * 32


def invoked(site: Site, *arguments: str, typed: str = "") -> Result:
    """The command, run in the app's own command line."""
    return site.app.test_cli_runner().invoke(args=["warmtransfer", *arguments], input=typed)


def run(site: Site, *arguments: str) -> str:
    """What the command prints; its notes on standard error left out."""
    result = invoked(site, *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def saved(site: Site) -> None:
    """Wait until all that was said and done is kept."""
    eventually(lambda: site.parts.desk.busy() == 0)


def in_line(site: Site, free: threading.Event) -> str:
    """A call whose human is not dialled until it is `free`, and waits for their turn."""
    site.carrier.answers["dial"] = lambda **_: free.wait(20) and "CAhuman1"
    call_id = site.arrive()
    site.join(call_id)
    site.parts.desk.ask(call_id, "api")
    site.parts.desk.post(call_id, ev.TurnAwaited("human-1", 42.0))
    return call_id


def waiting(site: Site) -> str:
    """A call that waits in the line, as it is kept."""
    call_id = site.arrive()
    site.join(call_id)
    waits = Waits(since=site.call(call_id).at, until=site.call(call_id).at + 600.0, number=1)

    def put(call: Call | None) -> Decision:
        assert call is not None
        return Decision(call, None, replace(call, stage=Stage.WAITING, waits=waits), ())

    site.store.decide(call_id, put)
    return call_id


def declined(site: Site) -> str:
    """A call whose first human has declined while the caller spoke; the second one rings."""
    call_id = site.briefing()
    site.parts.desk.heard(call_id, "caller", "Where is my order?")
    site.send(f"/human/{call_id}/1/gate", {"Digits": "2"})
    site.send(f"/human/{call_id}/1/status", {"CallSid": "CAhuman1", "CallStatus": "completed"})
    eventually(lambda: site.call(call_id).attempt_number(2))
    saved(site)
    return call_id


def talked(site: Site) -> str:
    """A call that is over, in which the second human has talked with the caller."""
    call_id = declined(site)
    site.document(f"/human/{call_id}/2", CallSid=KIM, CallStatus="in-progress")
    site.send(f"/human/{call_id}/2/gate", {"Digits": "1"})
    site.room(call_id, "participant-join", ParticipantLabel="human-2", CallSid=KIM)
    hang_up(site, call_id)
    site.send(f"/human/{call_id}/2/status", {"CallSid": KIM, "CallStatus": "completed"})
    saved(site)
    return call_id


def hang_up(site: Site, call_id: str) -> None:
    """The caller leaves."""
    site.send("/status", {"CallSid": site.call(call_id).caller_sid, "CallStatus": "completed"})
