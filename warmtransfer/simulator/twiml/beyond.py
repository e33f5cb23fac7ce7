"""What TwiML has and the simulator lacks, so that a document of such is called just that, and not wrong."""

from __future__ import annotations

#: Where it may stand -> the elements Twilio runs there and the simulator does not. Source: the TwiML pages
#: and the elements that Twilio's own libraries can build.
BEYOND: dict[str, frozenset[str]] = {
    "Response": frozenset({"Echo", "Pay", "Prompt", "Queue", "Refer", "Sms"}),
    "Dial": frozenset({"Application", "Sim", "WhatsApp"}),
    "Enqueue": frozenset({"Task"}),
    "Connect": frozenset(
        {
            "AiSession", "Assistant", "Autopilot", "Conversation", "ConversationRelay",
            "ConversationRelaySession", "Room", "VirtualAgent",
        }
    ),
    "Start": frozenset({"Siprec", "Transcription"}),
    "Stop": frozenset({"Siprec", "Transcription"}),
    "Hangup": frozenset({"Parameter"}),
    "Reject": frozenset({"Parameter"}),
}  # fmt: skip
