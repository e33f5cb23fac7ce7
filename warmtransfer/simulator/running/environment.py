"""The environment of an application that runs inside: keys, trust, and the way to the fronts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from warmtransfer.simulator.running.authority import trusted
from warmtransfer.simulator.running.fronts import Fronts, under

INSIDE = Path(__file__).parent / "inside"
#: Variables that name one file with every authority to trust: OpenSSL's, and those of requests and curl.
BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
PROXIES = ("HTTPS_PROXY", "https_proxy")
DIRECT = ("NO_PROXY", "no_proxy")
LOCAL = ("localhost", "127.0.0.1")


def proxy_before(env: Mapping[str, str]) -> str:
    """The proxy that the application's https connections went by until now."""
    return next((env[name] for name in PROXIES if env.get(name)), "")


def environment(
    env: Mapping[str, str], fronts: Fronts, keys: Mapping[str, str], folder: Path, app: str
) -> dict[str, str]:
    """The command's environment; the authority's certificate and the bundle are written to `folder`."""
    own, bundle = folder / "authority.pem", folder / "bundle.pem"
    own.write_text(fronts.authority.pem)
    world = trusted(env.get(name, "") for name in BUNDLES).rstrip()
    bundle.write_text(f"{world}\n{fronts.authority.pem}")
    proxy = "http://{}:{}".format(*fronts.proxy)
    made = {
        **env,
        **keys,
        **dict.fromkeys(BUNDLES, str(bundle)),
        **dict.fromkeys(PROXIES, proxy),
        **dict.fromkeys(DIRECT, _direct(env, fronts)),
        "NODE_EXTRA_CA_CERTS": _with_own(env.get("NODE_EXTRA_CA_CERTS", ""), own, folder),
        "NODE_OPTIONS": _after(env.get("NODE_OPTIONS"), f'--require "{INSIDE / "preload.cjs"}"', " "),
        "PYTHONPATH": _after(env.get("PYTHONPATH"), str(INSIDE), ":"),
        "WARMTRANSFER_FRONT": "{}:{}".format(*fronts.tls),
        "WARMTRANSFER_FRONTED": " ".join(fronts.places),
    }
    port = urlsplit(app).port
    if port is not None:
        made.setdefault("PORT", str(port))
    return made


def _after(before: str | None, ours: str, between: str) -> str:
    """Ours first, then what was there."""
    return f"{ours}{between}{before}" if before else ours


def _with_own(before: str, own: Path, folder: Path) -> str:
    """Node takes one file with further authorities: ours, and those that were named already."""
    if not before or not Path(before).is_file():
        return str(own)
    both = folder / "node.pem"
    both.write_text(f"{Path(before).read_text().rstrip()}\n{own.read_text()}")
    return str(both)


def _direct(env: Mapping[str, str], fronts: Fronts) -> str:
    """Hosts that need no proxy: those named already, less what would lead past the fronts."""
    given = ",".join(env.get(name, "") for name in DIRECT).split(",")
    named = dict.fromkeys(word.strip() for word in given if word.strip())
    return ",".join(dict.fromkeys([*LOCAL, *(word for word in named if not _past(word, fronts))]))


def _past(word: str, fronts: Fronts) -> bool:
    """Whether an exception would hold for a host that is fronted."""
    bare = word.lstrip("*").lstrip(".").lower()
    return not bare or any(
        under(host, f"*.{bare}") or host.removeprefix("*.") == bare or fronts.place(bare) is not None
        for host in fronts.places
    )
