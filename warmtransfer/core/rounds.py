"""Who is rung now: whoever the wish allows, without those who cannot be, in the order of the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import assert_never

from warmtransfer.core.call import Call, Skipped, Stage, Style
from warmtransfer.core.names import fold
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.place import Waiting, Waits, ahead
from warmtransfer.core.plans import Claim, First, Known, Plan, telephone
from warmtransfer.core.policy import department, department_at, meant, members
from warmtransfer.core.reach import Reason, Why, open_at
from warmtransfer.core.rules import Human, Rules

_NEXT = Reason(Why.AWAITED)


def next_round(call: Call, rules: Rules) -> tuple[Human, ...]:
    """The humans to ring now: a department's, or of those whom the caller asked for, then of the others.

    Each telephone rings once per handoff, whoever shares it, unless another human was quicker; and never the
    one that the call comes from. Whoever is reached from the caller's own leg is rung alone.
    """
    plan, awaited = plan_for(call, rules), spoken_for(call, rules)
    for group in _groups(call, rules):
        able = (human for human in _fresh(call, group) if not reason(human, call, rules))
        free = [human for human in able if _phone(human) not in awaited]
        if free:
            return _together(call, plan, _ordered(free, plan, rules.known))
    return ()


def skipped(call: Call, rules: Rules) -> tuple[Skipped, ...]:
    """Whom the wish allows and nobody has tried yet, and why they are not rung."""
    awaited = spoken_for(call, rules)
    found = (
        (human, reason(human, call, rules) or (_NEXT if _phone(human) in awaited else None))
        for human in _wanted(call, rules)
    )
    return tuple(Skipped(human.name, why.why.value, why.since) for human, why in found if why)


def reason(human: Human, call: Call, rules: Rules) -> Reason | None:
    """Why this human is not rung as things stand; None when they can be."""
    known = rules.known
    absent = _absent(human, known, call.at)
    if absent:
        return absent
    engaged = known.engaged.get(_phone(human), ())
    if len(engaged) >= human.at_once:
        return Reason(Why.BUSY, since=min(engaged, default=0.0))
    return _rung(known, _phone(human), plan_for(call, rules).rest, call.at)


def _absent(human: Human, known: Known, at: float) -> Reason | None:
    if human.name in known.away:
        return Reason(Why.AWAY, since=known.away[human.name])
    return open_at(human, at)


def _rung(known: Known, phone: str, rest: float, at: float) -> Reason | None:
    vain = known.vain.get(phone, 0.0)
    return Reason(Why.RUNG, vain + rest, since=vain) if vain and at - vain < rest else None


def phones(call: Call, rules: Rules) -> tuple[str, ...]:
    """The telephones of those whom the wish allows and nobody has tried yet, in their order."""
    return tuple(map(_phone, _wanted(call, rules)))


def spoken_for(call: Call, rules: Rules) -> frozenset[str]:
    """The telephones that are free, and whose next call is somebody's who comes before this caller."""
    if not rules.known.line:
        return frozenset()
    plan = plan_for(call, rules)
    mine = call.waits if call.waits.since else Waits(since=call.at, priority=plan.priority)
    seats = _seats(rules, call.at)
    left = Counter(seats)
    left.subtract(turns(ahead(call.id, mine, rules.known.line), rules, call.at).values())
    return frozenset(each for each, count in seats.items() if count > 0 and left[each] < 1)


def turns(line: Iterable[Waiting], rules: Rules, at: float) -> dict[str, str]:
    """Of those who wait, the first one first, whose turn has come: by call, the telephone that is free."""
    left, found = _seats(rules, at), {}
    for each in line:
        free = (phone for phone in each.place.phones if left.get(phone, 0) > 0)
        rested = (phone for phone in free if not _rung(rules.known, phone, each.place.rest, at))
        if phone := next(rested, None):
            left[phone] -= 1
            found[each.call_id] = phone
    return found


def _seats(rules: Rules, at: float) -> dict[str, int]:
    """How many calls each telephone of somebody who is there could take besides those it has."""
    there = (human for human in rules.humans if not _absent(human, rules.known, at))
    engaged = rules.known.engaged
    return {_phone(each): each.at_once - len(engaged.get(_phone(each), ())) for each in there}


def plan_for(call: Call, rules: Rules) -> Plan:
    """The plan of the department that was asked for, else the default one."""
    team = fold(department(rules, call.handoff.target))
    plans = {fold(each.department): each for each in rules.plans}
    return plans.get(team) or plans.get(()) or Plan()


def claims(before: Call, after: Call, rules: Rules) -> tuple[Claim, ...]:
    """The seats that the attempts begun by this decision need."""
    seats = {human.name: human.at_once for human in rules.humans}
    return tuple(
        Claim(telephone(each.number, each.digits), seats[each.name], each.n)
        for each in after.attempts[len(before.attempts) :]
        if each.name in seats
    )


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
    tried = any(each.handoff == call.handoff.number for each in call.attempts)
    if tried or call.ai.down or not wanted:
        return False
    found = [reason(human, call, rules) for human in wanted]
    return all(why and why.why in (Why.CLOSED, Why.AWAY) for why in found)


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


def _fresh(call: Call, humans: Iterable[Human]) -> list[Human]:
    """Those of them whom this handoff has not tried, one for each telephone, and not the caller's own."""
    before = (each for each in call.attempts if each.handoff == call.handoff.number)
    tried = [each for each in before if each.outcome is not Outcome.TAKEN]
    names = {each.name for each in tried}
    rung = {call.caller, *(telephone(each.number, each.digits) for each in tried)}
    return [human for human in humans if human.name not in names and _phone(human) not in rung]


def _ordered(humans: list[Human], plan: Plan, known: Known) -> list[Human]:
    """As the plan has it; those of whom nothing is known stay as in the list."""
    for first in reversed(plan.first):
        match first:
            case First.IDLE:
                humans = sorted(humans, key=lambda human: known.idle.get(_phone(human), 0.0))
            case First.SPOKE:
                humans = sorted(humans, key=lambda human: -known.spoke.get(_phone(human), 0.0))
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


def _phone(human: Human) -> str:
    return telephone(human.number, human.digits)
