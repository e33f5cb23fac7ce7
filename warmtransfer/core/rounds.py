"""Who is rung now: whoever the wish allows, without those who cannot be, in the order of the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from warmtransfer.core.call import Attempt, Call, Skipped, Stage, Style
from warmtransfer.core.names import fold
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.place import Waiting, Waits, ahead
from warmtransfer.core.plans import Claim, First, Known, Plan, telephone
from warmtransfer.core.policy import department, department_at, meant, members
from warmtransfer.core.reach import Reason, Why, open_at
from warmtransfer.core.rules import Human, Rules

_NEXT = Reason(Why.AWAITED)
#: Ends of a ring after which somebody may be had at another of their telephones.
ELSEWHERE = frozenset(
    {
        Outcome.NO_INPUT,
        Outcome.MACHINE,
        Outcome.SCREENED,
        Outcome.PHONE_MENU,
        Outcome.BLOCKED,
        Outcome.NO_ANSWER,
        Outcome.BUSY,
        Outcome.FAILED,
        Outcome.UNREACHABLE,
        Outcome.TIMED_OUT,
        Outcome.ERROR,
    }
)


def next_round(call: Call, rules: Rules) -> tuple[Human, ...]:
    """The humans to ring now: a department's, or of those whom the caller asked for, then of the others.

    Each telephone rings once per handoff, whoever shares it, unless another human was quicker; and never the
    one that the call comes from. Who has several is rung at each of them before anybody else's turn comes.
    Whoever is reached from the caller's own leg is rung alone.
    """
    plan, awaited = plan_for(call, rules), spoken_for(call, rules)
    for group in _groups(call, rules):
        able = (human for human in _fresh(call, group) if not reason(human, call, rules))
        free = [human for human in able if human.name not in awaited]
        begun = {each.name for each in _tried(call)}
        free = [human for human in free if human.name in begun] or free
        if free:
            return _together(call, plan, _ordered(free, plan, rules.known))
    return ()


def skipped(call: Call, rules: Rules) -> tuple[Skipped, ...]:
    """Whom the wish allows and nobody has tried yet, and why they are not rung."""
    awaited = spoken_for(call, rules)
    found = (
        (human, reason(human, call, rules) or (_NEXT if human.name in awaited else None))
        for human in _wanted(call, rules)
    )
    return tuple(Skipped(human.name, why.why.value, why.since) for human, why in found if why)


def reason(human: Human, call: Call, rules: Rules) -> Reason | None:
    """Why this human is not rung as things stand; None when they can be."""
    known = rules.known
    absent = _absent(human, known, call.at)
    if absent:
        return absent
    engaged = _engaged(human, known)
    if len(engaged) >= human.at_once:
        return Reason(Why.BUSY, since=min(engaged, default=0.0))
    return _rung(human, known, plan_for(call, rules).rest, call.at)


def _absent(human: Human, known: Known, at: float) -> Reason | None:
    if human.name in known.away:
        return Reason(Why.AWAY, since=known.away[human.name])
    return open_at(human, at)


def _engaged(human: Human, known: Known) -> list[float]:
    """Since when they are on each call of ours, at whichever of their telephones."""
    return [since for each in human.addresses for since in known.engaged.get(each.phone, ())]


def _rung(human: Human, known: Known, rest: float, at: float) -> Reason | None:
    """Whether they were rung in vain a moment ago, and not reached at another of their telephones since."""
    vain = _last(human, known.vain)
    tired = vain and at - vain < rest and not (human.also and vain < _last(human, known.idle))
    return Reason(Why.RUNG, vain + rest, since=vain) if tired else None


def phones(call: Call, rules: Rules) -> tuple[str, ...]:
    """The telephones of those whom the wish allows and nobody has tried yet, in their order."""
    return _phones(_wanted(call, rules))


def chosen(name: str, call: Call, rules: Rules) -> Human | None:
    """This very human, at their first telephone, whoever else waits for them and however they fared lately.

    None for whoever is not on the list, is out of hours or away, or makes this call.
    """
    human = rules.human(name)
    if human is None or _absent(human, rules.known, call.at):
        return None
    return next(iter(_fresh(call, (human,))), None)


def engaged(human: Human, rules: Rules) -> bool:
    """Whether they are on as many calls of ours as they take at once."""
    return len(_engaged(human, rules.known)) >= human.at_once


def own_phones(call: Call, rules: Rules) -> tuple[str, ...]:
    """The telephones of whoever is asked for in particular, as long as nobody else is rung without them."""
    target = call.handoff.target
    found = () if department(rules, target) else meant(rules, target)
    return _phones(found) if _untried(call) and found else ()


def _phones(humans: Iterable[Human]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.phone for human in humans for each in human.addresses))


def spoken_for(call: Call, rules: Rules) -> frozenset[str]:
    """Who is free, by name, and whose next call is somebody's who comes before this caller."""
    if not rules.known.line:
        return frozenset()
    plan = plan_for(call, rules)
    mine = call.waits if call.waits.since else Waits(since=call.at, priority=plan.priority)
    seats, left = _seats(rules, call.at), _seats(rules, call.at)
    _seated(ahead(call.id, mine, rules.known.line), rules, call.at, left)
    return frozenset(name for name, count in seats.items() if count > 0 and left[name] < 1)


def turns(line: Iterable[Waiting], rules: Rules, at: float) -> dict[str, str]:
    """Of those who wait, the first one first, whose turn has come: by call, the telephone that is free."""
    return _seated(line, rules, at, _seats(rules, at))


def forlorn(place: Waits, rules: Rules, at: float) -> bool:
    """Whether nobody is left whom a caller with this place could wait for: all are out of hours, or away.

    Whoever is only busy is waited for. A department that has closed is, whatever hours its humans have; and
    who asked for somebody in particular waits for nobody else unasked.
    """
    if place.team and department_at(rules, place.team, at):
        return True
    mine = place.own or place.phones
    wanted = (each for each in rules.humans if any(one.phone in mine for one in each.addresses))
    return all(_absent(human, rules.known, at) for human in wanted)


def _seated(line: Iterable[Waiting], rules: Rules, at: float, left: dict[str, int]) -> dict[str, str]:
    """The same; of the seats that are `left`, those that are taken are taken away.

    Seats are people's: whoever is called to one of their telephones has one less at all of them, and so has
    everybody else of that telephone.
    """
    found = {}
    for each in line:
        rest = each.place.rest
        able = {
            address.phone
            for human in rules.humans
            if left.get(human.name, 0) > 0 and not _rung(human, rules.known, rest, at)
            for address in human.addresses
        }
        phone = next((phone for phone in each.place.phones if phone in able), None)
        if phone is not None:
            found[each.call_id] = phone
            for human in rules.humans:
                if human.name in left and phone in (address.phone for address in human.addresses):
                    left[human.name] -= 1
    return found


def _seats(rules: Rules, at: float) -> dict[str, int]:
    """How many calls each human who is there could take besides those they have, by name."""
    there = (human for human in rules.humans if not _absent(human, rules.known, at))
    return {each.name: each.at_once - len(_engaged(each, rules.known)) for each in there}


def plan_for(call: Call, rules: Rules) -> Plan:
    """The plan of the department that was asked for, else the default one."""
    team = fold(department(rules, call.handoff.target))
    plans = {fold(each.department): each for each in rules.plans}
    return plans.get(team) or plans.get(()) or Plan()


def rings(before: Call, after: Call) -> bool:
    """Whether this decision has a telephone rung: a human's, or that of somebody who wants to listen."""
    return len(after.attempts) > len(before.attempts) or _listens_anew(before, after)


def _listens_anew(before: Call, after: Call) -> bool:
    there, was = after.supervisor, before.supervisor
    return there is not None and (was is None or was.n < there.n)


def claims(before: Call, after: Call, rules: Rules) -> tuple[Claim, ...]:
    """The seats that those need whom this decision has rung; whoever listens takes no call meanwhile."""
    seats = {human.name: human.at_once for human in rules.humans}
    needed = [
        Claim(telephone(each.number, each.digits), seats[each.name], each.n)
        for each in after.attempts[len(before.attempts) :]
        if each.name in seats
    ]
    there = after.supervisor
    if there is not None and there.name in seats and _listens_anew(before, after):
        needed.append(Claim(telephone(there.number, there.digits), seats[there.name], there.seat))
    return tuple(needed)


def _groups(call: Call, rules: Rules) -> tuple[tuple[Human, ...], ...]:
    """Whom the wish allows, those first whom it means."""
    target = call.handoff.target
    team = department(rules, target)
    if team:
        return () if department_at(rules, team, call.at) else (members(rules, team),)
    first = meant(rules, target)
    others = tuple(human for human in rules.humans if human not in first)
    return (first,) if _not_there(first, call, rules) else (first, others)


def _not_there(wanted: tuple[Human, ...], call: Call, rules: Rules) -> bool:
    """Whether somebody in particular is wanted who is not there: then nobody else is rung unasked.

    Who is there and cannot take it now, or has been tried, is followed by the others; and so is anybody when
    no AI is left that could tell the caller.
    """
    if not _untried(call) or not wanted:
        return False
    found = [reason(human, call, rules) for human in wanted]
    return all(why and why.why in (Why.CLOSED, Why.AWAY) for why in found)


def _untried(call: Call) -> bool:
    """Whether nobody was rung for this handoff yet, and there is an AI to ask the caller who else may be."""
    return not call.ai.down and all(each.handoff != call.handoff.number for each in call.attempts)


def instead(call: Call, rules: Rules) -> tuple[str, ...]:
    """Who could be rung, and is not, because somebody else was asked for who is not there."""
    wanted = meant(rules, call.handoff.target)
    if department(rules, call.handoff.target) or not _not_there(wanted, call, rules):
        return ()
    others = _fresh(call, (human for human in rules.humans if human not in wanted))
    return tuple(human.name for human in others if not reason(human, call, rules))


def _wanted(call: Call, rules: Rules) -> list[Human]:
    """Whom the wish allows, in their order, and nobody has tried yet."""
    return _fresh(call, (human for group in _groups(call, rules) for human in group))


def _tried(call: Call) -> list[Attempt]:
    """Those whom this handoff has tried, but for whoever was not needed because another was quicker."""
    before = (each for each in call.attempts if each.handoff == call.handoff.number)
    return [each for each in before if each.outcome is not Outcome.TAKEN]


def _fresh(call: Call, humans: Iterable[Human]) -> list[Human]:
    """Those of them whom this handoff has not tried everywhere, each at the telephone that is next.

    One telephone is never rung twice, nor the caller's own; who said no is not asked again at another.
    """
    tried = _tried(call)
    rung = {call.caller, *(telephone(each.number, each.digits) for each in tried)}
    found = []
    for human in humans:
        before = [each for each in tried if each.name == human.name]
        left = [each for each in human.addresses if each.phone not in rung]
        if left and (not before or (human.also and before[-1].outcome in ELSEWHERE)):
            found.append(human.at(left[0]))
    return found


def _ordered(humans: list[Human], plan: Plan, known: Known) -> list[Human]:
    """As the plan has it; those of whom nothing is known stay as in the list."""
    for first in reversed(plan.first):
        match first:
            case First.IDLE:
                humans = sorted(humans, key=lambda human: _last(human, known.idle))
            case First.SPOKE:
                humans = sorted(humans, key=lambda human: -_last(human, known.spoke))
            case _:
                assert_never(first)
    return humans


def _together(call: Call, plan: Plan, humans: list[Human]) -> tuple[Human, ...]:
    """The first round of these, each telephone once."""
    if call.stage is Stage.REDIRECTED or humans[0].style is Style.REDIRECT:
        return (humans[0],)
    phones: dict[str, Human] = {}
    for human in humans:
        if human.style is not Style.REDIRECT:
            phones.setdefault(_phone(human), human)
    return tuple(phones.values())[: plan.size or None]


def _last(human: Human, times: Mapping[str, float]) -> float:
    """The newest of these times of their telephones, 0.0 for none."""
    return max(times.get(each.phone, 0.0) for each in human.addresses)


def _phone(human: Human) -> str:
    return telephone(human.number, human.digits)
