"""The words: what a human hears before the caller does, and what the AI is told."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from warmtransfer.core.call import Attempt, Call
from warmtransfer.core.names import called
from warmtransfer.core.outcomes import Outcome, words
from warmtransfer.core.rules import LONG_WAIT
from warmtransfer.core.words import ENGLISH, Words, in_digits

#: How a caller gets out of the line, for the model.
LEAVING = (
    "They may leave the line at any time by saying so, or with the star key; a message can be left instead."
)
#: What the AI is told once they have.
LEFT_LINE = (
    "The caller has left the line: nobody is called for them. Say so in a few words, and offer to go on "
    "yourself, or to take a message."
)
#: And what it is told when it was somebody who looks after the call.
TAKEN_OUT = (
    "The staff have taken the caller out of the line: nobody is called for them any more. Say so in one or "
    "two sentences, apologise for the wait, and offer to go on yourself, or to take a message."
)
#: Letters of a summary, about twelve seconds of speech; more is not listened to.
SUMMARY_LIMIT = 200
#: The same of what the AI is told by somebody who looks after the call.
TOLD_LIMIT = 500


def tidy(text: str, limit: int = SUMMARY_LIMIT) -> str:
    """Text fit to be spoken: one line, without markup or what XML cannot hold, cut at a sentence or word."""
    plain = re.sub(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff<>{}\[\]*_#`|]+", " ", text)
    plain = re.sub(r"\s+", " ", plain).strip()
    if len(plain) <= limit:
        return plain
    head = plain[: limit - 1]
    stop = max(head.rfind(". "), head.rfind("! "), head.rfind("? "))
    cut = head[: stop + 1] if stop > limit // 2 else head[: head.rfind(" ")] + "…"
    return cut.strip()


def first_words(name: str, company: str, ours: Words = ENGLISH) -> str:
    """The neutral words a human hears first; all that a mailbox may record whole."""
    sentence = ours.first_from if company else ours.first
    return sentence.format(name=called(name), company=company)


def summary(call: Call, ours: Words = ENGLISH) -> str:
    """What the call is about, for the human's ear only."""
    told = tidy(call.handoff.summary) or tidy(call.handoff.reason)
    return told or ours.matter


def introduction(name: str, ours: Words = ENGLISH) -> str:
    """The AI's one line to both before it leaves: short, it is cut off after `Rules.introduction`."""
    return ours.introduction.format(name=called(name))


def taken(call: Call, ours: Words = ENGLISH) -> str:
    """What a human is told who was rung together with others, one of whom was quicker."""
    quicker = call.attempt
    there = quicker is not None and quicker.outcome is Outcome.ACCEPTED and not quicker.ended
    return ours.taken.format(name=called(quicker.name)) if quicker and there else ours.too_late


def ended(attempt: Attempt) -> str:
    """An attempt's end in words the AI can use."""
    outcome = attempt.outcome or Outcome.NO_ANSWER
    if outcome is Outcome.CANCELLED and attempt.answered_at:
        outcome = Outcome.HUNG_UP  # it was ended on our side, behind their answer: no fault of theirs
    return f"{called(attempt.name)} {words(outcome)}"


def progress(call: Call) -> str:
    """Where a running handoff stands, for the model's ears."""
    tried = _tried(call)
    failed = [ended(each) for each in tried if each.ended]
    said = f"{'; '.join(failed)}. " if failed else _closed(call)
    going = [each for each in tried if not each.ended and each.outcome in (None, Outcome.ACCEPTED)]
    left = min((each.turn_at - call.at for each in going), default=0.0)
    line = f"{_called(call, going, 'A colleague')} for the caller now."
    if left >= LONG_WAIT:
        line = _in_line(_names(going), left)
    return f"{said}{line} Keep the caller company; promise nothing."


def delayed(call: Call, attempt: Attempt) -> str:
    """What to tell a caller whose human is not called yet, because others are called first."""
    line = _in_line(called(attempt.name), attempt.turn_at - call.at)
    return f"{line} Tell the caller that it takes a moment longer. Say no more than that; promise nothing."


def _in_line(name: str, seconds: float) -> str:
    return f"All lines out are busy: {name} is called as soon as one is free, in about {seconds:.0f} seconds."


def _names(attempts: Sequence[Attempt], nobody: str = "a colleague") -> str:
    """Those of them by name, in a sentence."""
    names = [called(each.name) for each in attempts] or [nobody]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _called(call: Call, attempts: Sequence[Attempt], nobody: str = "a colleague") -> str:
    """That they are being called, those who were called in vain at another telephone."""
    before = {each.name for each in _tried(call) if each.ended}
    where = " at another number" if attempts and all(each.name in before for each in attempts) else ""
    return f"{_names(attempts, nobody)} {'are' if len(attempts) > 1 else 'is'} being called{where}"


def _tried(call: Call) -> list[Attempt]:
    """Those whom this handoff has tried, but for whoever was not needed because another was quicker."""
    tried = (each for each in call.attempts if each.handoff == call.handoff.number)
    return [each for each in tried if each.outcome is not Outcome.TAKEN]


def next_try(call: Call) -> str:
    """What to tell a caller who waits when those who were called could not be had and others are called."""
    failed = [each for each in _tried(call) if each.ended]
    last = [ended(each) for each in failed if each.round == failed[-1].round]
    over = f"Tell the caller that {'; '.join(last)}. " if last else ""
    now = _called(call, call.trying)
    return f"{over}Tell the caller that {now} now. Say no more than that; promise nothing."


def exhausted(call: Call) -> str:
    """What to tell the caller when nobody could be had."""
    tried = list(dict.fromkeys(ended(each) for each in _tried(call)))
    if call.handoff.stopped:
        return (
            f"The handoff was stopped on our side: {'; '.join(tried)}. Tell the caller that nobody is "
            "being called any more. Offer to go on yourself or to take a message."
        )
    if call.handoff.all_busy:
        failed = f"{'; '.join(tried)}. " if tried else ""
        return (
            f"Everybody who could take this call is busy with other callers. {failed}{_closed(call)}Tell the "
            "caller so honestly in one or two sentences; nobody knows how long it takes, so promise nothing. "
            "Offer to help yourself, to take a message, or to try again later."
        )
    if not tried and call.handoff.instead:
        return (
            f"Nobody was called. {_closed(call)}Tell the caller so in one sentence, and ask whether "
            f"{call.handoff.instead} is to be called instead (then ask for that person), or offer to help "
            "yourself or to take a message."
        )
    if not tried:
        return (
            f"Nobody is available to take this call. {_closed(call)}Tell the caller so in one sentence, and "
            "offer to help yourself or to take a message."
        )
    return (
        f"The handoff did not succeed: {'; '.join(tried)}. {_closed(call)}Tell the caller so honestly in "
        "one or two sentences, and offer to go on yourself, to take a message, or to try again."
    )


def in_line(call: Call) -> str:
    """What to tell a caller who waits in the line from now on."""
    tried = [ended(each) for each in _tried(call) if each.outcome]
    failed = f"{'; '.join(tried)}. " if tried else ""
    return (
        f"Everybody who could take this call is busy with other callers. {failed}{_closed(call)}The caller "
        f"is in the line for them now. {place(call)} Tell the caller so honestly in one or two sentences, "
        f"and that they may wait while you go on helping. {LEAVING} Promise nothing."
    )


def place(call: Call) -> str:
    """The caller's place in the line, and how long it may take, as far as anybody can say."""
    waits = call.waits
    where = "They are next." if waits.number < 2 else f"They are number {waits.number} in it."
    if not waits.seconds:
        return f"{where} Nobody can say how long it takes."
    minutes = math.ceil(waits.seconds / 60.0)
    about = f"about {minutes} minute{'s'[: minutes > 1]}"
    return f"{where} Going by the last calls it takes {about}, which nobody knows for sure."


def place_now(call: Call) -> str:
    """What to tell a caller who goes on waiting."""
    return (
        f"The caller is still in the line for a person. {place(call)} Tell the caller so in one short "
        f"sentence, then go on as before. {LEAVING}"
    )


def put_first(call: Call) -> str:
    """What to tell a caller whom somebody who looks after the call has put first."""
    who = called(call.handoff.target) if call.waits.own else "whoever is free first"
    return (
        f"The staff have seen to it that the caller is taken next, by {who}. {place(call)} Tell the caller "
        f"so in one short sentence, then go on as before. {LEAVING}"
    )


def still_in_line(call: Call) -> str:
    """What an AI is told that comes back to a caller who waits: what it was to tell, and where they are."""
    if not call.news:
        return place_now(call)
    line = in_line(call)
    if call.news == line:
        return line
    return f"{call.news} The caller is in the line for a person. {place(call)} {LEAVING}"


def turn_came(call: Call) -> str:
    """What to tell a caller whose turn has come."""
    return f"It is the caller's turn now. {next_try(call)}"


def line_closed(call: Call) -> str:
    """What to tell a caller who waited for people who have all gone, or closed, meanwhile."""
    return f"Whom the caller waited for has gone meanwhile: they are in the line no longer. {exhausted(call)}"


def waited(call: Call) -> str:
    """What to tell a caller who has waited for as long as anybody may."""
    minutes = max(1, round((call.at - call.waits.since) / 60.0))
    return (
        f"The caller has waited for {minutes} minute{'s'[: minutes > 1]}, and nobody has become free. They "
        "are in the line no longer. Apologise in one sentence, and offer to take a message, or to go on "
        "yourself."
    )


def _closed(call: Call) -> str:
    return f"{call.handoff.closed} " if call.handoff.closed else ""


def company(ours: Words = ENGLISH) -> list[str]:
    """What a caller hears, a sentence at a time, when the app itself is away: about 20 s with its pauses."""
    return [ours.moment, *re.split(r"(?<=[.!?]) +", ours.away.strip())]


def reach_at(number: str, ours: Words = ENGLISH) -> str:
    """A number that a caller may dial themselves, digit by digit."""
    return ours.reach.format(number=in_digits(number))


def human_gone(name: str) -> str:
    """What the returning AI is told after a human has left."""
    return (
        f"{called(name)} has just left the call and the caller is still on the line. You are back. "
        "Say so in one sentence and ask whether there is anything else. "
        "You did not hear what they talked about."
    )


def unheard(name: str) -> str:
    """The same, where it was we who have ended the human's leg: it could not be made to be heard."""
    return (
        f"The line between {called(name)} and the caller did not work, so it was given up. You are back. "
        "Tell the caller so in one sentence, apologise, and ask how you can help."
    )


def to_know(text: str) -> str:
    """What the AI is to know, from somebody who looks after the call."""
    return f"From the staff, for you to know and not to be read out: {text}"


def to_say(text: str) -> str:
    """What the AI is to tell the caller, from somebody who looks after the call."""
    return f"From the staff. Say this to the caller now, in their language: {text}"


def interrupted(again: bool = False) -> str:
    """What the AI is told after a loss; `again`: the caller has had an apology in this call."""
    if again:
        return (
            "The line to you was interrupted for a moment once more. Do not apologise again. Take up the "
            "conversation where it stopped, in a few words."
        )
    return (
        "The line to you was interrupted for a moment. Apologise in one short sentence and take up the "
        "conversation where it stopped."
    )
