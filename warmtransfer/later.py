"""Joins what is seen to beside and after a call: who listens in a page, callbacks that were promised, and
recordings that are to be fetched."""

from __future__ import annotations

from dataclasses import dataclass

from warmtransfer.clock import Clock
from warmtransfer.config import Settings
from warmtransfer.core.call import Call, Stage
from warmtransfer.core.callbacks.callback import Callback
from warmtransfer.core.callbacks.limits import Limits
from warmtransfer.core.endings import dropped_early
from warmtransfer.core.events import Event
from warmtransfer.core.outcomes import HandoffEnd
from warmtransfer.desk.callbacks import CallbackDesk
from warmtransfer.desk.desk import Desk
from warmtransfer.desk.dialling_back import DiallingBack
from warmtransfer.desk.overhearing import Overhearing
from warmtransfer.desk.promising import Promises
from warmtransfer.desk.protocols import Carrier
from warmtransfer.desk.recordings import Fetching, Wishes
from warmtransfer.directory import Directory
from warmtransfer.ports.model.protocol import Provider, Transcriber
from warmtransfer.ports.store import again
from warmtransfer.ports.store.callbacks import Callbacks
from warmtransfer.ports.store.recordings import Recordings
from warmtransfer.ports.store.sounds import Sounds
from warmtransfer.ports.store.store import Store
from warmtransfer.relay.switchboard import Switchboard
from warmtransfer.signals import Announcer
from warmtransfer.web.backlinks import BackLinks


@dataclass(frozen=True, slots=True)
class Later:
    """The parts, which live and end together."""

    callbacks: CallbackDesk
    promises: Promises
    recordings: Fetching
    overhearing: Overhearing

    def start(self) -> None:
        """See to what is due from now on; harmless when repeated."""
        self.callbacks.start()
        self.recordings.chore.start()
        self.overhearing.start()

    def leave(self) -> None:
        """Begin nothing from now on; what is begun goes on."""
        self.callbacks.leave()
        self.recordings.chore.leave()
        self.overhearing.chore.leave()

    def stop(self, seconds: float) -> None:
        """Let what is begun end, at most real `seconds` or so each."""
        self.callbacks.stop(seconds)
        self.recordings.chore.stop(seconds)
        self.overhearing.chore.stop(seconds)


def make(
    settings: Settings,
    clock: Clock,
    store: Store,
    carrier: Carrier,
    desk: Desk,
    people: Directory,
    provider: Provider,
    announcer: Announcer,
    switchboard: Switchboard,
) -> Later:
    """Wired and not started. Legs of callbacks take their turns with those of calls."""
    kept = Callbacks(store)
    dialling = DiallingBack(
        carrier=carrier,
        links=back_links(settings),
        settings=settings,
        clock=clock,
        turns=desk.turns,
        load=kept.load,
        known=lambda number: kept.legs_to(number) | store.legs_to(number),
    )

    def on_line(promised: Callback) -> bool:
        call = desk.call(promised.call_id)
        return (call is not None and call.stage is not Stage.OVER) or again.on_line(store, promised.number)

    def reached(promised: Callback) -> bool:
        own = desk.call(promised.call_id)
        calls = [*([own] if own else []), *again.talked(store, promised.number, promised.since)]
        talks = (each for call in calls for each in call.attempts if each.joined_at > promised.since)
        return any(not dropped_early(each) for each in talks)

    callbacks = CallbackDesk(kept, dialling, people, clock, _limits(settings), on_line, reached)

    def talked(before: Call | None, after: Call, event: Event) -> None:
        was = before.handoff.end if before else None
        if after.handoff.end is HandoffEnd.REACHED is not was:
            callbacks.reached(after.caller, max((each.joined_at for each in after.attempts), default=0.0))

    desk.watch(talked)
    callbacks.watch(announcer.back)
    recordings = Fetching(
        Recordings(store), carrier, clock, _wishes(settings, provider), desk.call, announcer.recorded
    )
    recordings.worded(callbacks.describe)
    promises = Promises(callbacks, desk.call, people.rules, settings, clock, desk.post_later)
    overhearing = Overhearing(Sounds(store), switchboard, clock)
    switchboard.audience.changed = overhearing.wake
    return Later(callbacks, promises, recordings, overhearing)


def back_links(settings: Settings) -> BackLinks:
    """The addresses of a callback's legs."""
    return BackLinks(settings.public_url, settings.url_prefix)


def _limits(settings: Settings) -> Limits:
    return Limits(
        tries=settings.callback_tries,
        between=settings.callback_minutes * 60.0,
        briefing=settings.rules().briefing,
    )


def _wishes(settings: Settings, provider: Provider) -> Wishes:
    """What becomes of recorded messages."""
    able = settings.transcribe and isinstance(provider, Transcriber)
    words = provider.transcribe if able and isinstance(provider, Transcriber) else None
    return Wishes(settings.recordings, settings.delete_recordings, words)
