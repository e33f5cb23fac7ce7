"""What a model makes of instructions in words: the line to say, in the second person."""

from __future__ import annotations

import re

QUOTED = re.compile(r'["“«]([^"”»]{3,})["”»]')
EXACTLY = re.compile(r"\b(?:say|repeat|read out|speak)\b[^:\"“.]{0,60}:\s*(.+)", re.IGNORECASE | re.DOTALL)
#: Who the app may call the person on the line.
CALLER = r"(?:the |your )?(?:caller|customer|person|user|guest|them|him|her)"
TELL = re.compile(rf"\b(?:tell|inform|let)\s+{CALLER}\s+(?:know\s+)?(?:that\s+)?(.+)", re.IGNORECASE)
ASK = re.compile(
    rf"\bask\s+(?:{CALLER}\s+)?(whether|if|for|what|which|how|when|where|who|to)\b(.*)", re.IGNORECASE
)
OFFER_TO = re.compile(r"\boffer(?:\s+them|\s+the caller)?\s+to\s+(.+)", re.IGNORECASE)
OFFER = re.compile(r"\boffer(?:\s+them|\s+the caller)?\s+(an?\s.+)", re.IGNORECASE)
#: "Tell the caller so": what stands before it is to be said.
SO = re.compile(rf"\b(?:tell|inform)\s+{CALLER}\s+so\b|\bsay so\b|\bpass this on\b", re.IGNORECASE)
HELP = re.compile(r"\bask\b.*\bhow (?:you|I) (?:can|may) help\b", re.IGNORECASE)
ANYTHING_ELSE = re.compile(r"\bask\b.*\banything else\b", re.IGNORECASE)
RESUME = re.compile(r"\btake up the conversation|\b(?:go on|continue|resume) where\b", re.IGNORECASE)
SORRY = re.compile(r"\bapologi[sz]e\b(?:\s+(for|that)\s+(.+))?", re.IGNORECASE)
THANK = re.compile(r"\bthank\s+" + CALLER, re.IGNORECASE)
GREET = re.compile(r"\b(?:greet|welcome|say hello)\b", re.IGNORECASE)
FORBIDDEN = re.compile(r"^(?:do not|don't|never|without|avoid)\b", re.IGNORECASE)
#: Where one instruction ends and the next begins.
CLAUSE = re.compile(
    r"(?<=[.!?;])\s+"
    r"|\s*,?\s+(?:and|then|but)\s+(?=(?:then\s+)?"
    r"(?:ask|tell|offer|say|apologi[sz]e|let|inform|take up|do not)\b)"
)
#: From speaking about the caller to speaking to them.
PERSON = (
    (r"\b(?:the caller|the customer) (is|has|wants|was)\b", r"they \1"),
    (r"\b(?:they|he|she) (?:is|are)\b", "you are"),
    (r"\b(?:they|he|she) (?:has|have)\b", "you have"),
    (r"\b(?:they|he|she) wants?\b", "you want"),
    (r"\bthey were\b", "you were"),
    (r"\b(?:they|them|the caller|the customer)\b", "you"),
    (r"\btheirs?\b", "your"),
    (r"\bthe caller's\b", "your"),
    (r"^help yourself\b", "help you myself"),
    (r"^go on yourself\b", "go on helping you"),
    (r"\byou're (?=(?:looking|finding|trying|calling|getting))", "I am "),
)
#: News as the model tells it: it was told of the caller and of itself.
NEWS = (
    (r",? and the caller is still on the line", ""),
    (r"\bthe (?:handoff|transfer) did not succeed:?\s*", "I am sorry, I could not reach anyone. "),
    (r"\byou are back\b", "I am back"),
    (r"\bfor the caller\b", "for you"),
    (r"\b(?:the caller is|they are)\b", "you are"),
    (r"\bthe caller has\b", "you have"),
    (r"\bthey may\b", "you may"),
    (r"\bthe caller\b", "you"),
)


def to_caller(text: str) -> str:
    """The clause, said to the caller."""
    for pattern, put in PERSON:
        text = re.sub(pattern, put, text, flags=re.IGNORECASE)
    return text.strip(" .,;!?")


def to_model(text: str) -> str:
    """News that was told to the model, as the model passes it on."""
    for pattern, put in NEWS:
        text = re.sub(pattern, put, text, flags=re.IGNORECASE)
    return text.strip()


def sentence(text: str, end: str = ".") -> str:
    """The text as a sentence: capital letter and an end."""
    text = text.strip().rstrip(",;")
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else end)


def line_in(instructions: str, greeting: str) -> str | None:
    """The line these instructions ask for; None when they ask for none that is understood."""
    exact = EXACTLY.search(instructions)
    if exact:
        inner = QUOTED.search(exact.group(1))
        return (inner.group(1) if inner else exact.group(1)).strip(" \n'")
    quoted = [line for line in QUOTED.findall(instructions) if len(line.split()) > 1]
    if quoted:
        return str(quoted[0]).strip()
    said: list[str] = []
    news: list[str] = []
    for clause in (part.strip() for part in CLAUSE.split(instructions) if part):
        if SO.search(clause):
            said += news
            news = []
        elif line := clause_line(clause, greeting):
            said.append(line)
        elif not FORBIDDEN.search(clause):
            news.append(sentence(to_model(clause)))
    said = [line for n, line in enumerate(said) if not any(line in earlier for earlier in said[:n])]
    return " ".join(said) or None


def clause_line(clause: str, greeting: str) -> str | None:
    """The sentence for one clause of instructions."""
    if FORBIDDEN.search(clause):
        return None
    if ANYTHING_ELSE.search(clause):
        return "Is there anything else I can do for you?"
    if HELP.search(clause):
        return "How can I help you?"
    if RESUME.search(clause):
        return "Where were we?"
    if match := TELL.search(clause):
        return sentence(to_caller(match.group(1)))
    if match := ASK.search(clause):
        return sentence(f"May I ask you {match.group(1)} {to_caller(match.group(2))}", "?")
    if match := OFFER_TO.search(clause):
        several = re.sub(r"(,|\bor) to\b", r"\1", match.group(1))
        return sentence(f"I can {to_caller(several)}, if you like")
    if match := OFFER.search(clause):
        return sentence(f"I can offer you {to_caller(match.group(1))}")
    if match := SORRY.search(clause):
        what = f" {match.group(1)} {to_caller(match.group(2))}" if match.group(1) else ""
        return sentence(f"I am sorry{what or ' about that'}")
    if THANK.search(clause):
        return "Thank you."
    return greeting if GREET.search(clause) else None
