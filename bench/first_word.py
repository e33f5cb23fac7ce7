"""From the caller's answer to the AI's first word, step by step, with a network of 60 ms each way."""

from __future__ import annotations

import json
import select
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.delay import delay
from bench.servers import PREFIX, ROOT, Broken, free_port
from warmtransfer.demo.processes import Crew, environment, procfile_command
from warmtransfer.demo.remote import App, Tail, ask, told_keys

Row = dict[str, Any]
PUBLIC = "https://warmtransfer.example"
#: What has to happen one after the other, and how often each crosses the network. Twilio's side connects anew
#: for the stream (SYN and SYN-ACK, then the upgrade); our REST connection is kept open.
STEPS = (
    ("the caller's join is told, we ask for the AI's leg", 2),
    ("Twilio asks for that leg's document", 2),
    ("Twilio opens the stream", 4),
    ("the stream says who it is, the greeting goes to Twilio", 2),
)
#: Of a step: all of it; what the network takes; what the model, which makes the greeting meanwhile, takes
#: beyond the stream's opening; the rest, the simulator's too.
PARTS = ("took", "network", "model", "ours")
CALL = {"from": "+15550123456", "steps": [{"wait": 6}, {"hangup": True}]}
PATIENCE = 60.0


def run(folder: Path, seconds: float = 0.06, calls: int = 5) -> Row:
    """Medians over `calls` calls, in milliseconds; one call before them warms everything up."""
    with far(folder, seconds) as (control, tail):
        times = [_one(control, tail) for _ in range(calls + 1)]
    return _medians(times[1:], seconds)


@contextmanager
def far(folder: Path, seconds: float) -> Iterator[tuple[str, Tail]]:
    """The simulator and the app, so far apart each way: the simulator's control API, and its trace."""
    with delay(seconds) as network, Crew(folder, ROOT) as crew:
        port = free_port()
        told = _simulator(crew, folder, network.forward(port))
        keys = told_keys(told)
        rest = network.forward(int(keys["TWILIO_API_BASE_URL"].rpartition(":")[2]))
        model = keys["WARMTRANSFER_REALTIME_URL"]
        model_port = model.partition("://")[2].partition("/")[0].rpartition(":")[2]
        keys["TWILIO_API_BASE_URL"] = f"http://127.0.0.1:{rest}"
        keys["WARMTRANSFER_REALTIME_URL"] = model.replace(model_port, str(network.forward(int(model_port))))
        env = environment(
            **keys, PORT=str(port), OPENAI_API_KEY="sk-bench", WARMTRANSFER_PUBLIC_URL=PUBLIC,
            WARMTRANSFER_HUMANS="sam=+15550100001", DATABASE_URL=f"sqlite:///{folder / 'first.sqlite3'}",
        )  # fmt: skip
        crew.start("app", procfile_command(ROOT), env)
        _until_healthy(App(f"http://127.0.0.1:{port}{PREFIX}", ""), crew)
        tail = Tail(folder / "trace.jsonl")
        yield str(told["control_url"]), tail


def _simulator(crew: Crew, folder: Path, app: int) -> Row:
    command = [
        "python", "-m", "warmtransfer.simulator", "--port", "0", "--app", f"{PUBLIC}{PREFIX}", "--map",
        f"{PUBLIC}=http://127.0.0.1:{app}", "--out", str(folder), "--model",
    ]  # fmt: skip
    process = crew.start("simulator", command, environment(), read=True)
    assert process.popen.stdout is not None
    ready, _, _ = select.select([process.popen.stdout], [], [], PATIENCE)
    line = process.popen.stdout.readline() if ready else ""
    if not line:
        raise Broken(f"the simulator does not start: {process.tail()}")
    told: Row = json.loads(line)
    return told


def _until_healthy(app: App, crew: Crew) -> None:
    end = time.monotonic() + PATIENCE
    while not app.healthy():
        if crew.fallen() or time.monotonic() > end:
            raise Broken(f"the app does not start: {crew.log('app')[-1500:]}")
        time.sleep(0.05)


def _one(control: str, tail: Tail) -> list[float]:
    """One call: seconds that each step took, and at last how long after the stream's opening the model's
    first audio was made; less than nothing when it was before.
    """
    sid = ask("POST", f"{control}/calls", CALL)["call_sid"]
    ask("GET", f"{control}/calls/{sid}/wait?status=completed&timeout=30", seconds=40.0)
    rows = sorted(tail.rows(), key=lambda row: float(row["t"]))
    moments = list(_moments(rows))
    made = next((float(row["t"]) for row in rows if _realtime(row, "response.output_audio.delta")), None)
    if len(moments) != len(STEPS) + 1 or made is None:
        raise Broken(f"of a call's first word only {len(moments)} of {len(STEPS) + 1} steps were seen")
    return [*(later - earlier for earlier, later in pairwise(moments)), made - moments[-2]]


def _moments(rows: list[Row]) -> Iterator[float]:
    """When each step was over, as Twilio's side saw it; the caller's joining comes first."""
    wanted = iter(
        [
            lambda row: row["kind"] == "leg" and row["event"] == "joined" and row.get("label") == "caller",
            lambda row: row["kind"] == "rest" and row["path"].endswith("/Participants.json"),
            lambda row: row["kind"] == "webhook" and row["url"].endswith("/ai"),
            lambda row: row["kind"] == "stream" and row["msg"].get("event") == "connected",
            lambda row: row["kind"] == "stream" and row["dir"] == "app" and row["msg"].get("event") == "mark",
        ]
    )
    looking = next(wanted)
    for row in rows:
        if looking(row):
            yield float(row["t"])
            following = next(wanted, None)
            if following is None:
                return
            looking = following


def _realtime(row: Row, kind: str) -> bool:
    return row["kind"] == "realtime" and isinstance(row["msg"], dict) and row["msg"].get("type") == kind


def _medians(times: list[list[float]], seconds: float) -> Row:
    steps = []
    made = statistics.median(each[-1] for each in times)
    waited = max(0.0, made)
    for place, (name, crossings) in enumerate(STEPS):
        took = statistics.median(each[place] for each in times)
        model = waited if place == len(STEPS) - 1 else 0.0
        ours = took - crossings * seconds - model
        parts = {"took": took, "network": crossings * seconds, "model": model, "ours": ours}
        steps.append({"step": name, **{key: _ms(each) for key, each in parts.items()}})
    whole = {key: round(sum(step[key] for step in steps), 1) for key in PARTS}
    return {
        "network_ms_each_way": _ms(seconds),
        "calls": len(times),
        "steps": steps,
        **whole,
        "made_after_the_stream_opened": _ms(made),
    }


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)


def table(found: Row) -> str:
    """What a person reads."""
    rows = [*found["steps"], {"step": "from the caller's joining to the AI's first audio", **found}]
    head = f"first word, ms, network {found['network_ms_each_way']:.0f} ms each way"
    lines = [f"{head:56}" + "".join(f"{name:>10}" for name in PARTS)]
    lines += [f"  {row['step']:54}" + "".join(f"{row[name]:10.1f}" for name in PARTS) for row in rows]
    made = found["made_after_the_stream_opened"]
    when = "after" if made > 0 else "before"
    lines.append(f"  the model's first audio is made {abs(made):.0f} ms {when} the stream is open")
    return "\n".join(lines)


def main() -> None:
    """This alone, and what a person reads of it."""
    with TemporaryDirectory(prefix="first-word-") as folder:
        print(table(run(Path(folder))))


if __name__ == "__main__":
    main()
