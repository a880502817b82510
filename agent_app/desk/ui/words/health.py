"""Words for the network test: what each part is, what is wrong with it, what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from agent_app.desk.ui.words import QT_TRANSLATE_NOOP, filled, say
from agent_app.desk.work.selftest import Finding, Outcome, Part, Trouble, Verdict

translate = QCoreApplication.translate

PARTS: Mapping[Part, str] = {
    Part.NAME: QT_TRANSLATE_NOOP("NetworkTest", "Look up the name"),
    Part.CONNECT: QT_TRANSLATE_NOOP("NetworkTest", "Connect"),
    Part.TLS: QT_TRANSLATE_NOOP("NetworkTest", "Encrypt (TLS)"),
    Part.ANSWER: QT_TRANSLATE_NOOP("NetworkTest", "Answer of the gateway"),
    Part.CLOCK: QT_TRANSLATE_NOOP("NetworkTest", "Clock of this computer"),
    Part.SIGN_IN: QT_TRANSLATE_NOOP("NetworkTest", "Signed in"),
    Part.STREAM: QT_TRANSLATE_NOOP("NetworkTest", "Live changes"),
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.FINE: QT_TRANSLATE_NOOP("NetworkTest", "fine"),
    Outcome.SLOW: QT_TRANSLATE_NOOP("NetworkTest", "slow"),
    Outcome.BROKEN: QT_TRANSLATE_NOOP("NetworkTest", "broken"),
    Outcome.NOT_TRIED: QT_TRANSLATE_NOOP("NetworkTest", "not tried"),
}
SLOW: Mapping[Part, str] = {
    Part.NAME: QT_TRANSLATE_NOOP(
        "NetworkTest",
        "Looking up the gateway's name is slow. Switch the VPN or the Wi-Fi off and on; if it "
        "stays slow, tell IT that the name service (DNS) is slow.",
    ),
    Part.CONNECT: QT_TRANSLATE_NOOP(
        "NetworkTest",
        "The way to the gateway is slow. Go nearer to the Wi-Fi or use a cable, and end downloads "
        "and video calls; if it stays slow, tell IT.",
    ),
    Part.TLS: QT_TRANSLATE_NOOP(
        "NetworkTest",
        "Encryption takes long. A virus scanner or a company proxy that looks into connections is "
        "the usual cause: tell IT.",
    ),
    Part.ANSWER: QT_TRANSLATE_NOOP(
        "NetworkTest",
        "Your network is fine, the gateway itself is slow. Nothing is wrong at your desk: tell "
        "your team lead.",
    ),
    Part.SIGN_IN: QT_TRANSLATE_NOOP(
        "NetworkTest",
        "Your network is fine, the gateway answers slowly to signed-in people. Tell your team "
        "lead.",
    ),
    Part.STREAM: QT_TRANSLATE_NOOP(
        "NetworkTest",
        "Live changes come late. A proxy in between may hold them back: tell IT.",
    ),
}
TROUBLES: Mapping[Trouble, str] = {
    Trouble.NAME_UNKNOWN: QT_TRANSLATE_NOOP(
        "NetworkTest",
        "The name {host} is not known here. Check the address in the settings; if it is right, "
        "connect the VPN or tell IT.",
    ),
    Trouble.NAME_SILENT: QT_TRANSLATE_NOOP(
        "NetworkTest",
        "The name service (DNS) does not answer. Check cable, Wi-Fi and VPN; if other websites "
        "open, tell IT.",
    ),
    Trouble.REFUSED: QT_TRANSLATE_NOOP(
        "NetworkTest",
        "{host} is there and takes no connection. Most likely the gateway is not running: tell "
        "your team lead.",
    ),
    Trouble.NO_CONNECTION: QT_TRANSLATE_NOOP(
        "NetworkTest",
        "No connection to {host} comes about. If other websites open, a firewall is in the way: "
        "tell IT. If not, check cable, Wi-Fi and VPN.",
    ),
    Trouble.PROXY: QT_TRANSLATE_NOOP(
        "NetworkTest",
        "The proxy does not let this desk through. Check the proxy in the settings and tell IT.",
    ),
    Trouble.CERTIFICATE: QT_TRANSLATE_NOOP(
        "NetworkTest",
        "The certificate of {host} is not trusted. If your company looks into connections, choose "
        "its certificate file in the settings. Do not go on otherwise: somebody may be listening.",
    ),
    Trouble.NO_TLS: QT_TRANSLATE_NOOP(
        "NetworkTest",
        "No encrypted connection to {host} comes about. Something else may be at this address, or "
        "something in between breaks encryption: tell IT.",
    ),
    Trouble.SILENT: QT_TRANSLATE_NOOP(
        "NetworkTest",
        "The connection stands and the gateway says nothing. Your network is most likely fine: "
        "tell your team lead.",
    ),
    Trouble.BROKEN_OFF: QT_TRANSLATE_NOOP(
        "NetworkTest",
        "The connection breaks off. Change from Wi-Fi to a cable or switch the VPN off and on; if "
        "it stays so, tell IT.",
    ),
    Trouble.NOT_A_GATEWAY: QT_TRANSLATE_NOOP(
        "NetworkTest",
        "Something other than the gateway answers at {host}. Check the address; in a public "
        "network sign in to it with the browser first.",
    ),
    Trouble.GATEWAY_FAILS: QT_TRANSLATE_NOOP(
        "NetworkTest",
        "Your network is fine, the gateway answers with an error. Tell your team lead.",
    ),
    Trouble.CLOCK: QT_TRANSLATE_NOOP(
        "NetworkTest",
        "The clock of this computer is {seconds} s off. Have it set by the network, or sign-in may "
        "fail.",
    ),
    Trouble.TOKEN: QT_TRANSLATE_NOOP(
        "NetworkTest", "The network is fine, your sign-in is no longer valid. Sign in again."
    ),
    Trouble.STREAM_HELD: QT_TRANSLATE_NOOP(
        "NetworkTest",
        "Live changes do not get through; the desk asks every few seconds instead. Tell IT that "
        "event streams (text/event-stream) must pass at once.",
    ),
}


def part(which: Part) -> str:
    """Return what a part is called."""
    return say("NetworkTest", PARTS, which)


def outcome(found: Finding) -> str:
    """Return how a part fares, in a word or two."""
    if found.trouble is Trouble.CLOCK:
        return translate("NetworkTest", "wrong")
    if found.trouble is Trouble.TOKEN:
        return translate("NetworkTest", "no longer valid")
    text = say("NetworkTest", OUTCOMES, found.outcome)
    if found.outcome is Outcome.BROKEN and found.median_ms is not None and found.failed:
        return translate("NetworkTest", "sometimes broken")
    return text


def sentence(verdict: Verdict, found: Finding) -> str:
    """Return what is wrong with a part and what to do; empty where nothing is."""
    if found.trouble is not None:
        return filled(
            say("NetworkTest", TROUBLES, found.trouble),
            host=verdict.run.host,
            seconds=f"{abs(verdict.run.clock_off_s or 0.0):.0f}",
        )
    if found.outcome is Outcome.SLOW:
        return say("NetworkTest", SLOW, found.part)
    return ""


def headline(verdict: Verdict) -> str:
    """Return the one sentence to begin with."""
    worst = verdict.worst
    if worst is None:
        return translate("NetworkTest", "The way to the gateway is fine.")
    return sentence(verdict, worst)


def duration(found: Finding) -> str:
    """Return a part's time, and how many times as long it is as in the last good test."""
    if found.median_ms is None:
        return "–"
    text = f"{found.median_ms:.0f} ms" if found.median_ms >= 1 else "< 1 ms"
    if found.ratio is None or found.median_ms < 1:
        return text
    return filled(
        translate("NetworkTest", "{time} ({ratio} × the last good test)"),
        time=text,
        ratio=f"{found.ratio:.1f}",
    )


def report(verdict: Verdict) -> str:
    """Return the whole result as text for a message to IT; it holds no secret."""
    run = verdict.run
    lines = [f"{run.host}  {run.at:%Y-%m-%d %H:%M} UTC"]
    if run.via:
        lines.append(filled(translate("NetworkTest", "by the proxy {proxy}"), proxy=run.via))
    lines += [headline(verdict), ""]
    lines += [f"{part(f.part)}: {outcome(f)}, {duration(f)}" for f in verdict.findings]
    return "\n".join(lines) + "\n"
