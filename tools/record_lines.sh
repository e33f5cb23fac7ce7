#!/bin/sh
# Makes warmtransfer/simulator/sound/lines/*.wav from lines.json: 8 kHz mu-law, trimmed, about -20 dBFS.
# Needs flite (its voices rms, slt, awb and kal16), sox and python3. The same input gives the same
# bytes, so a line that did not change does not show up as a change. With names, makes only those.
set -eu
folder=$(cd "$(dirname "$0")/../warmtransfer/simulator/sound/lines" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 - "$folder/lines.json" "$@" <<'PY' > "$work/table"
import json, sys
for row in json.load(open(sys.argv[1], encoding="utf-8")):
    if row["name"] in sys.argv[2:] or not sys.argv[2:]:
        print(row["name"], row["voice"], row["text"], sep="\t")
PY

trim="silence 1 0.02 0.4% reverse silence 1 0.02 0.4% reverse"
while IFS="$(printf '\t')" read -r name voice text; do
    flite -voice "$voice" -t "$text" -o "$work/full.wav" </dev/null
    # shellcheck disable=SC2086
    sox -D "$work/full.wav" -c 1 -r 8000 "$work/cut.wav" $trim pad 0.06 0.06
    gain=$(sox "$work/cut.wav" -n stat 2>&1 | awk '/^RMS     amplitude/ { print 20 * log(0.1 / $3) / log(10) - 1 }')
    sox -D "$work/cut.wav" -e mu-law -b 8 "$folder/$name.wav" gain "$gain"
done < "$work/table"
du -ch "$folder"/*.wav | tail -1
