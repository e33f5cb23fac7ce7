#!/bin/sh
# Speaks the relay's own line (needs flite and sox): 8 kHz mu-law WAV, what Twilio and the stream both play.
set -eu
out="$(dirname "$0")/../warmtransfer/relay/sounds/comfort.wav"
tmp="$(mktemp -d)"
trap 'rm -rf "$tmp"' EXIT
flite -voice slt -t "One moment please. I am connecting you with somebody who can help." -o "$tmp/line.wav"
sox "$tmp/line.wav" -r 8000 -c 1 -e mu-law "$out" highpass 200 gain -n -6 pad 0.1 0.3
