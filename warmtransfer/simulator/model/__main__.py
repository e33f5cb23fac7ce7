"""The command: serve the local model, or record a real one, until stdin ends."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys

from aiohttp import web

from warmtransfer.simulator.clock import Clock
from warmtransfer.simulator.model.brain import RuleBook
from warmtransfer.simulator.model.ears import SphinxEars
from warmtransfer.simulator.model.faults import FAULTS, Faults, parsed
from warmtransfer.simulator.model.herald import LONGEST_LINE, heralded
from warmtransfer.simulator.model.matching import MatchEars
from warmtransfer.simulator.model.proxy import Proxy
from warmtransfer.simulator.model.report import Report
from warmtransfer.simulator.model.server import Server
from warmtransfer.simulator.model.surroundings import Setup
from warmtransfer.simulator.model.voice import DEFAULT_VOICE
from warmtransfer.simulator.sound.audio import PCM
from warmtransfer.simulator.sound.speech import Speech, lines, recorded, spoken


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    faults = "; ".join(f"{name} ({when}: {text})" for name, (when, text) in FAULTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m warmtransfer.simulator.model",
        description="A realtime speech model on loopback that speaks the OpenAI Realtime GA protocol.",
        epilog=f"Faults, each with when it strikes and its argument: {faults}.",
    )
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--speed", type=float, default=1.0, help="simulated seconds per real second")
    parser.add_argument("--epoch", type=float, help="time.monotonic() at t=0, to share a clock")
    parser.add_argument(
        "--ears", choices=("sphinx", "match"), default="sphinx",
        help="whether what no simulator has spoken goes to the recogniser, or is unclear",

    )
    parser.add_argument("--rules", help="rule book (JSON) instead of the shipped one")
    parser.add_argument(
        "--tool", action="append", default=[], metavar="NAME=TOOL",
        help="the application's name for a tool of the rule book, such as transfer=escalate_to_staff",
    )  # fmt: skip
    parser.add_argument("--key", help="the one API key taken; without it any key is")
    parser.add_argument(
        "--bad-key", choices=("3000", "401"), default="3000", help="how a wrong key is refused"
    )
    parser.add_argument("--model", action="append", default=[], help="one more model name that is known")
    parser.add_argument("--lag", type=float, default=300.0, help="milliseconds of thought before a response")
    parser.add_argument(
        "--burst", type=float, default=4.0, help="how much faster than real time audio is made"
    )
    parser.add_argument("--session-cap", type=float, default=3600.0, help="simulated seconds a session lasts")
    parser.add_argument(
        "--fault", action="append", default=[],
        help="model=NAME[:ARG][;times=N][;when=…][;after=S]; times=0 is every time"
    )
    parser.add_argument("--no-frames", action="store_true", help="leaves the frames of sound out of the rows")
    parser.add_argument("--proxy", help="wss:// URL of a real server: relay to it and record")
    return parser


def tools_of(pairs: list[str]) -> dict[str, str]:
    """The names given as `transfer=escalate_to_staff`; ValueError for a pair that is none."""
    found = dict(pair.partition("=")[::2] for pair in pairs)
    if wrong := [key for key, tool in found.items() if not key or not tool]:
        raise ValueError(f"--tool {wrong[0]!r}: write NAME=TOOL, such as transfer=escalate_to_staff")
    return found


async def ears_for(kind: str, book: RuleBook) -> MatchEars:
    """The ears asked for."""
    shipped = [Speech.even(text, recorded(name)) for name, text in lines().items()]
    if kind == "match":
        return MatchEars(shipped)
    return MatchEars(shipped, await SphinxEars.start([*book.phrases, *lines().values()]))


async def said(text: str, voice: str) -> PCM:
    """The text spoken by the simulator's synthesiser."""
    return await spoken(text, voice)


async def serve(options: argparse.Namespace) -> None:
    """Serve until stdin ends or a signal comes."""
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    clock = Clock(options.speed, options.epoch)
    report = Report(clock, sound=not options.no_frames)
    ears: MatchEars | None = None
    if options.proxy:
        app = Proxy(options.proxy, report).app()
    else:
        book = RuleBook.load(options.rules, tools_of(options.tool))
        # No answer waits for the synthesiser: it has spoken while the recogniser was being loaded.
        ready = book.fixed_lines() if options.ears == "sphinx" else [book.greeting]
        speaking = asyncio.gather(*(said(line, DEFAULT_VOICE) for line in ready))
        ears = await ears_for(options.ears, book)
        await speaking
        setup = Setup(
            clock, report, book, ears, Faults(parsed(text) for text in options.fault), said,
            options.lag / 1000, options.burst, options.session_cap,
        )  # fmt: skip
        app = Server(setup, options.key, options.bad_key, tuple(options.model)).app()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", options.port)
    await site.start()
    port = runner.addresses[0][1]
    report.plain(
        {"ready": True, "port": port, "url": f"ws://127.0.0.1:{port}/v1/realtime", "epoch": clock.epoch}
    )
    try:
        await told_to_end(over, ears)
    finally:
        await runner.cleanup()
        if ears is not None:
            await ears.close()
        report.close()


async def told_to_end(over: asyncio.Event, ears: MatchEars | None = None) -> None:
    """Wait for the end of stdin, or for a signal to have set the event; learn the lines that stdin brings."""
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    ended = asyncio.ensure_future(learn(reader, ears))
    waiting = asyncio.ensure_future(over.wait())
    await asyncio.wait((ended, waiting), return_when=asyncio.FIRST_COMPLETED)
    for task in (ended, waiting):
        task.cancel()
    transport.close()


async def learn(reader: asyncio.StreamReader, ears: MatchEars | None) -> None:
    """Take spoken lines until the end of the stream; what is no spoken line is passed over."""
    while raw := await reader.readline():
        with contextlib.suppress(ValueError, KeyError, TypeError):
            speech = heralded(raw)
            if ears is not None:
                ears.learn(speech)


def main(argv: list[str] | None = None) -> None:
    """Run the command."""
    parser = arguments()
    options = parser.parse_args(argv)
    try:
        for text in options.fault:
            parsed(text)
        RuleBook.load(options.rules, tools_of(options.tool))
    except (OSError, ValueError) as wrong:
        parser.error(str(wrong))
    asyncio.run(serve(options))


if __name__ == "__main__":
    main()
