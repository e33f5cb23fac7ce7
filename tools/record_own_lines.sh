#!/bin/sh
# Speaks the relay's own lines (needs flite and sox): 8 kHz mu-law WAV, what Twilio and the stream both play.
set -eu
sounds="$(dirname "$0")/../warmtransfer/relay/sounds"
tmp="$(mktemp -d)"
trap 'rm -rf "$tmp"' EXIT
line() {
    flite -voice slt -t "$2" -o "$tmp/line.wav"
    sox "$tmp/line.wav" -r 8000 -c 1 -e mu-law "$sounds/$1.wav" highpass 200 gain -n -6 pad 0.1 0.3
}
line comfort "One moment please. I am connecting you with somebody who can help."
line hello "Hello. How can I help you?"
line pardon "I am sorry, I did not get that. Could you say it again, please?"
