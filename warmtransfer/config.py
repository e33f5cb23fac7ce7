"""Configuration: one table of keys, read as text or from `app.config`, checked all at once."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from warmtransfer import humans as people
from warmtransfer import parsing as as_
from warmtransfer import person, ringing, timetable
from warmtransfer.agreement import BOTH, disagreements, read_humans
from warmtransfer.core.call import Style
from warmtransfer.core.hours import Holiday
from warmtransfer.core.plans import Plan
from warmtransfer.core.rules import RING, Department, Human, Rules, behind
from warmtransfer.core.words import Show, words
from warmtransfer.errors import ConfigError
from warmtransfer.key import Key
from warmtransfer.numbers import TONES, dialable, heard

INSTRUCTIONS = (
    "You answer the telephone. Be friendly and brief: one or two sentences at a time, no lists. "
    "When the caller asks for a person, or you cannot help, hand the call over."
)

#: Seconds to press a key after each asking, for which the limit of a briefing in `core/rules.py` is made.
GATE = 5

#: The provider of models that there is without a host app's.
PROVIDER = "openai"

GREETING = "Greet the caller in one short sentence and ask how you can help."

KEYS: tuple[Key, ...] = (
    Key("TWILIO_ACCOUNT_SID", "account_sid", as_.sid("AC"), "",
        "The account that owns the number: AC and 32 hex digits, from Twilio's console.", required=True),
    Key("TWILIO_AUTH_TOKEN", "auth_token", as_.text, "",
        "The account's primary auth token, which signs every webhook.", required=True, secret=True),
    Key("TWILIO_AUTH_TOKEN_SECONDARY", "auth_token_secondary", as_.text, "",
        "The account's secondary auth token: what it signs is taken too, while tokens are changed.",
        secret=True),
    Key("TWILIO_API_KEY", "api_key", as_.sid("SK"), "",
        "An API key for REST requests instead of the auth token: SK and 32 hex digits."),
    Key("TWILIO_API_SECRET", "api_secret", as_.text, "", "The API key's secret.", secret=True),
    Key("TWILIO_APP_SID", "app_sid", as_.sid("AP"), "",
        "The TwiML App whose voice URL is <public URL><prefix>/ai: AP and 32 hex digits.", required=True),
    Key("TWILIO_NUMBER", "number", as_.number, "",
        "The Twilio number that is called, and that humans see: E.164, such as +15550100000.", required=True),
    Key("TWILIO_API_BASE_URL", "api_base_url", as_.url("https", "http"), "",
        "Where REST requests go instead of Twilio: the simulator's address; leave it empty to go live."),
    Key("WARMTRANSFER_FALLBACK_URL", "fallback_url", as_.url("https", "http"), "",
        "What `provision` has Twilio ask when this app does not answer: where the document of `fallback` is "
        "hosted; empty: this app once more."),
    Key("WARMTRANSFER_PROVIDER", "provider", as_.text, PROVIDER,
        "Whose realtime model speaks: openai (also Azure and compatible servers), or one of the host app's."),
    Key("OPENAI_API_KEY", "openai_key", as_.text, "",
        "The key for the realtime model of the provider openai.",
        required=True, provider=PROVIDER, secret=True),
    Key("WARMTRANSFER_PUBLIC_URL", "public_url", as_.public_url, "",
        "The address under which Twilio reaches this app: https:// and a host; auto: that of the tunnel "
        "(ngrok, cloudflared) that is open on this machine.", required=True),
    Key("WARMTRANSFER_URL_PREFIX", "url_prefix", as_.prefix, "/warmtransfer", "Path our URLs start with."),
    Key("WARMTRANSFER_REALTIME_URL", "realtime_url", as_.url("wss", "ws", query=True), "",
        "The realtime model's WebSocket, such as Azure's; empty: wss://api.openai.com/v1/realtime."),
    Key("WARMTRANSFER_REALTIME_MODEL", "realtime_model", as_.text, "",
        "The model's name; empty: the provider's choice, of openai gpt-realtime-2.1."),
    Key("WARMTRANSFER_TRANSCRIPTION_MODEL", "transcription_model", as_.text, "",
        "The model that writes down what the caller says; empty: the provider's choice, gpt-transcribe."),
    Key("WARMTRANSFER_LANGUAGE", "language", as_.language, "",
        "The language of calls, as two letters: of our own sentences (de, en, es, fr, it, nl, pt), of the AI "
        "and of what is written down; empty: English, and any."),
    Key("WARMTRANSFER_VOICE", "voice", as_.text, "",
        "The voice the model speaks with; empty: the provider's choice, marin."),
    Key("WARMTRANSFER_SPEED", "speed", as_.figure(0.25, 1.5), 1.0,
        "How fast the model speaks: 0.25 to 1.5."),
    Key("WARMTRANSFER_NOISE_REDUCTION", "noise_reduction", as_.one_of("near_field", "far_field"), "",
        "Noise that the model's server takes out of what callers say: near_field, far_field; empty: none."),
    Key("WARMTRANSFER_TURN_DETECTION", "turn_detection", as_.one_of("server_vad", "semantic_vad"),
        "server_vad",
        "How the model's server knows that the caller has finished: server_vad (by silence) or semantic_vad "
        "(by meaning)."),
    Key("WARMTRANSFER_VAD_THRESHOLD", "vad_threshold", as_.figure(0.05, 1.0), 0.5,
        "How loud is speech to server_vad: 0.05 to 1; more for noisy lines."),
    Key("WARMTRANSFER_VAD_SILENCE_MS", "vad_silence_ms", as_.whole(100, 5000), 500,
        "Milliseconds of silence that end a turn for server_vad: 100 to 5000."),
    Key("WARMTRANSFER_VAD_EAGERNESS", "vad_eagerness", as_.one_of("low", "medium", "high", "auto"),
        "auto",
        "How soon semantic_vad takes a turn as finished: low, medium, high or auto."),
    Key("WARMTRANSFER_TIME_ZONE", "time_zone", as_.time_zone, "UTC",
        "The time zone of opening hours, and in which the AI is told day and time, such as Europe/Berlin."),
    Key("WARMTRANSFER_INSTRUCTIONS", "instructions", as_.prose, INSTRUCTIONS,
        "What the AI is for and how it should speak; a path ending in .txt or .md is read. Ours "
        "(guidance.py) follow: no inventing, numbers read back, that it is an AI."),
    Key("WARMTRANSFER_GREETING", "greeting", as_.text, GREETING,
        "What the AI is told to do once it has said that it is one."),
    Key("WARMTRANSFER_COMPANY", "company", as_.text, "",
        "The name that the AI speaks for, and that a human hears a call is from."),
    Key("WARMTRANSFER_HUMANS", "humans", as_.anything, (),
        "Who may be dialled, in order: sam=+15550100001,kim=+15550100002, or the path of a .toml file "
        "(docs/humans.md).", required=True),
    Key("WARMTRANSFER_HOURS", "hours", timetable.readable, "always",
        "When humans may be rung who have no hours of their own: mon-fri 9:00-17:00; sat 10-14, in "
        "WARMTRANSFER_TIME_ZONE."),
    Key("WARMTRANSFER_HOLIDAYS", "holidays", timetable.holidays, (),
        "Days on which nobody is rung who does not say always of their own: dates, or a country or its "
        "part: DE-BE,2026-12-24."),
    Key("WARMTRANSFER_PLAN", "plans", ringing.plans, (),
        "How humans are rung: in turn (so does empty), all at once, or rounds of 2 (or more); then, behind "
        "commas: longest idle first, last who spoke with this caller first, rest 120; no line, line of 10, "
        "longest wait 600, priority 1. See docs/plans.md."),
    Key("WARMTRANSFER_LAST_RESORT", "last_resort", as_.number, "",
        "A number that is always answered, E.164: Twilio dials it when the app stays away; empty: none."),
    Key("WARMTRANSFER_HUMAN_FALLBACK_URL", "human_fallback", as_.url("https", "http"), "",
        "Where Twilio hosts what `flask … fallback --human` prints, for humans; empty: nowhere."),
    Key("WARMTRANSFER_COUNTRIES", "countries", as_.countries, frozenset(),
        "Countries humans may be in, such as US,CA; PREMIUM adds dear ones. Default: TWILIO_NUMBER's."),
    Key("WARMTRANSFER_BRIEFING", "briefing", as_.choice(Style), Style.SCREEN,
        "How a human is told what the call is about: screen, announce or redirect."),
    Key("WARMTRANSFER_RING_SECONDS", "ring_seconds", as_.seconds(5, 120), RING,
        "How long a human's phone rings: 5 to 120 seconds."),
    Key("WARMTRANSFER_GATE_SECONDS", "gate_seconds", as_.whole(1, 30), GATE,
        "How long a human has to press a key after each asking: 1 to 30 seconds."),
    Key("WARMTRANSFER_PHRASES", "phrases", as_.words, (),
        "More words that ask for a person, with commas between them; the usual ones are known."),
    Key("WARMTRANSFER_SAY_VOICE", "say_voice", as_.text, "",
        "The voice of announcements and briefings, such as Polly.Joanna-Neural; empty: the account's own."),
    Key("WARMTRANSFER_WORDS", "words", as_.sentences, {},
        "Our own sentences in other words, by their names in core/words.py: a mapping, or a .toml file."),
    Key("WARMTRANSFER_SHOW", "show", as_.choice(Show), Show.OWN,
        "What a human is given of the caller's number: own (none of it; ours is shown), said (read out), "
        "caller (shown, where the carrier allows it), or both."),
    Key("WARMTRANSFER_CARDS_FROM", "cards_from", as_.sender, "",
        "Who sends the text messages that humans with `card` get: a number of the account's that can, or "
        "a messaging service (MG…); empty: TWILIO_NUMBER."),
    Key("WARMTRANSFER_LIMITS", "limits", as_.limits, {},
        "Time limits that differ from core/rules.py: briefing=40,connecting=10, in seconds."),
    Key("WARMTRANSFER_CALL_LIMIT", "call_limit", as_.whole(60, 86400), 14400,
        "The longest a leg may last: 60 to 86400 seconds."),
    Key("WARMTRANSFER_MAX_CALLS", "max_calls", as_.whole(1, 10000), 20,
        "Calls at once; one more hears that nobody is free."),
    Key("WARMTRANSFER_CPS", "calls_per_second", as_.figure(0.1, 500.0), 1.0,
        "New legs a second, humans before AIs: the account's calls per second at Twilio, which has more wait "
        "in its own queue; 0.1 to 500."),
    Key("WARMTRANSFER_REST_TIMEOUT", "rest_timeout", as_.seconds(1, 60), 10.0,
        "How long a request to Twilio may take: 1 to 60 seconds."),
    Key("WARMTRANSFER_CALLBACK_TRIES", "callback_tries", as_.whole(1, 20), 3,
        "How often a promised callback is tried before it is given up: 1 to 20."),
    Key("WARMTRANSFER_CALLBACK_MINUTES", "callback_minutes", as_.figure(0.1, 1440.0), 15.0,
        "Minutes between two tries of a callback, within the hours of who may be rung; 0.1 to 1440."),
    Key("WARMTRANSFER_RECORDINGS", "recordings", as_.text, "",
        "A folder in which recorded messages are kept as WAV files; empty: only told by `message_left`."),
    Key("WARMTRANSFER_DELETE_RECORDINGS", "delete_recordings", as_.yes, False,
        "Whether a recorded message is deleted at Twilio once it is kept and told: 1 or 0."),
    Key("WARMTRANSFER_TRANSCRIBE", "transcribe", as_.yes, True,
        "Whether recorded messages are put into words by the model's maker, where it can: 1 or 0."),
    Key("WARMTRANSFER_API_TOKEN", "api_token", as_.token, "",
        "The bearer token of the REST API, 16 characters or more; without it the API is off.", secret=True),
    Key("WARMTRANSFER_CONSOLE_PASSWORD", "console_password", as_.password, "",
        "The password of the console (<prefix>/console), 12 characters or more; without it, and without a "
        "check of the host app's, the console is off.", secret=True),
    Key("WARMTRANSFER_METRICS_TOKEN", "metrics_token", as_.token, "",
        "The bearer token of <prefix>/metrics (Prometheus), 16 characters or more; without it there is none.",
        secret=True),
    Key("WARMTRANSFER_EVENTS_URL", "events_url", as_.whole_url, "",
        "Where your systems take events of calls (docs/events.md): an address that answers a POST with 2xx; "
        "empty: none are kept or sent."),
    Key("WARMTRANSFER_EVENTS_SECRET", "events_secret", as_.signing_secrets, (),
        "What events are signed with: whsec_ and 24 to 64 bytes in base64; two with a comma between them "
        "while one replaces the other.", secret=True),
    Key("DATABASE_URL", "database_url", as_.database, "sqlite:///warmtransfer.sqlite3",
        "Where calls are kept: sqlite:///file, or postgres://user:password@host/name.", secret=True),
    Key("WARMTRANSFER_KEEP_DAYS", "keep_days", as_.whole(1, 3650), 30,
        "Days after which ended calls are forgotten."),
    Key("WARMTRANSFER_LOG_LEVEL", "log_level", as_.level, "INFO",
        "How much wsgi.py logs: DEBUG, INFO, WARNING or ERROR; never numbers, words or keys."),
    Key("PORT", "port", as_.whole(1, 65535), 8000, "The port wsgi.py listens on."),
    Key("WEB_CONCURRENCY", "processes", as_.whole(1, 64), 1,
        "How many processes serve, 1 to 64; more than one needs PostgreSQL (on SQLite wsgi.py stays one)."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """The checked configuration. Lengths of time are seconds; secrets stay out of `repr`."""

    account_sid: str
    auth_token: str = field(repr=False)
    auth_token_secondary: str = field(repr=False)
    api_key: str
    api_secret: str = field(repr=False)
    app_sid: str
    number: str = field(repr=False)
    api_base_url: str
    fallback_url: str
    provider: str
    openai_key: str = field(repr=False)
    public_url: str
    url_prefix: str
    realtime_url: str
    realtime_model: str
    transcription_model: str
    language: str
    voice: str
    speed: float
    noise_reduction: str
    turn_detection: str
    vad_threshold: float
    vad_silence_ms: int
    vad_eagerness: str
    time_zone: str
    instructions: str = field(repr=False)
    greeting: str
    company: str
    humans: tuple[Human, ...] = field(repr=False)
    hours: Any
    holidays: tuple[Holiday, ...]
    plans: tuple[Plan, ...]
    last_resort: str = field(repr=False)
    human_fallback: str
    countries: frozenset[str]
    briefing: Style
    ring_seconds: float
    gate_seconds: int
    phrases: tuple[str, ...]
    say_voice: str
    words: Mapping[str, str]
    show: Show
    cards_from: str
    limits: Mapping[str, float]
    call_limit: int
    max_calls: int
    calls_per_second: float
    rest_timeout: float
    callback_tries: int
    callback_minutes: float
    recordings: str
    delete_recordings: bool
    transcribe: bool
    api_token: str = field(repr=False)
    console_password: str = field(repr=False)
    metrics_token: str = field(repr=False)
    events_url: str = field(repr=False)
    events_secret: tuple[bytes, ...] = field(repr=False)
    database_url: str = field(repr=False)
    keep_days: int
    log_level: str
    port: int
    processes: int
    departments: tuple[Department, ...] = ()
    ask_humans: people.Ask | None = field(default=None, repr=False)  #: is asked anew for every handoff
    usual: person.Defaults = field(default=person.Defaults(), repr=False)

    def may_ring(self, given: str) -> str:
        """The number that a caller says, in E.164 form; ValueError unless a human there could be rung."""
        return dialable(heard(given, self.number), self.usual.countries)

    def rules(self, team: people.Team | None = None, plans: tuple[Plan, ...] | None = None) -> Rules:
        """What the core decides by; a gate that waits longer, twice, and extensions give more time.

        `team` and `plans`: whoever may be rung now, and how, instead of those of the configuration.
        """
        team = team or people.Team(self.humans, self.departments)
        plans = self.plans if plans is None else plans
        plain = Rules(team.humans, team.departments, plans, words=words(self.language, self.words))
        extended = [human for human in team.humans if any(each.digits for each in human.addresses)]
        more = max((behind(human.ring) + TONES / 2 for human in extended), default=0.0)
        briefing = plain.briefing + 2.0 * max(0, self.gate_seconds - GATE) + more
        given = {"briefing": briefing, "redirected": plain.redirected + more, **self.limits}
        return replace(plain, **dict[str, Any](given))


def load(given: Mapping[str, Any], providers: Collection[str] = (PROVIDER,)) -> Settings:
    """The settings in a mapping such as `app.config` or `os.environ`; raises ConfigError with every fault.

    Empty text counts as not given. Keys that are not ours are left alone. `providers`: the names of models'
    providers that there are.
    """
    values, faults = _read(given, KEYS, {key.field for key in KEYS if key.required})
    if values["provider"] not in providers:
        there = ", ".join(sorted(providers))
        faults.append(f"WARMTRANSFER_PROVIDER is wrong: {values['provider']!r} is none of {there}.")
    faults += disagreements(values)
    read_humans(values, faults)
    if faults:
        raise ConfigError(faults)
    return Settings(**values)


def some(given: Mapping[str, Any], fields: Collection[str], needed: Collection[str]) -> dict[str, Any]:
    """Some of the settings, whatever else these keys say; raises ConfigError for faults in these.

    `needed` of them must be given.
    """
    values, faults = _read(given, [key for key in KEYS if key.field in fields], needed)
    if bool(values.get("api_key")) != bool(values.get("api_secret")):
        faults.append(BOTH)
    if faults:
        raise ConfigError(faults)
    return values


def _read(
    given: Mapping[str, Any], keys: Iterable[Key], needed: Collection[str]
) -> tuple[dict[str, Any], list[str]]:
    """The values of these keys, each wrong or missing one with a sentence in its place."""
    values: dict[str, Any] = {}
    faults: list[str] = []
    for key in keys:
        raw = given.get(key.name)
        if raw is None or (isinstance(raw, str) and not raw.strip()) or raw == ():
            values[key.field] = key.default
            if key.field in needed and key.provider in ("", values.get("provider")):
                faults.append(f"{key.name} is missing. {key.sentence}")
            continue
        try:
            values[key.field] = key.parse(raw)
        except ValueError as fault:
            values[key.field] = key.default
            faults.append(f"{key.name} is wrong: {fault}. {key.sentence}")
    return values, faults


def from_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our keys as they stand in the environment, as text: what a deployment puts into `app.config`.

    `environ` replaces the process's own. Keys that are empty there are left out.
    """
    there = os.environ if environ is None else environ
    return {key.name: there[key.name] for key in KEYS if there.get(key.name, "").strip()}


def database(environ: Mapping[str, Any]) -> str:
    """Where calls are kept, whatever else these keys say; raises ConfigError."""
    (key,) = (each for each in KEYS if each.field == "database_url")
    try:
        return str(key.parse(environ.get(key.name) or key.default))
    except ValueError as fault:
        raise ConfigError([f"{key.name} is wrong: {fault}. {key.sentence}"]) from None
