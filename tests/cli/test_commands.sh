#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# families, backtest and report --compare: pages out of one judgement, which
# say what the report says of the same log
. "$(dirname "$0")/tap.sh"

# narrow NAME FILE: no line is wider than 100 columns
narrow() {
	is "$1" "$(python3 -c 'import sys
for line in open(sys.argv[1], encoding="utf-8"):
	if len(line.rstrip("\n")) > 100:
		print(line, end="")' "$2")" ""
}

# says NAME FILE EXPRESSION: of the JSON d, and of the report's, r
says() {
	is "$1" "$(python3 -c 'import json, sys
d, r = (json.load(open(f)) for f in sys.argv[1:3])
print(eval(sys.argv[3]))' "$2" report.json "$3")" True
}

rapsheet simulate --world causal --events 200000 --hosts 5000 --seed 5
rapsheet report --json >report.json

exits 'families' 0 rapsheet families
has 'they are all there' out 'Sobig.F '
has 'with what followed' out 'Do the families differ'
narrow 'no line is too long' out
exits 'as JSON' 0 rapsheet families --json
says 'the same as in the report' out 'd["families"] == r["families"]'
says 'and whether they differ' out \
	'd["families_differ"] == r["families_differ"]'
says 'under its schema' out 'd["schema"] == "rapsheet/families/1"'
exits 'a family with its variant' 0 rapsheet families sobig.f
has 'its title' out '^Sobig.F$'
has 'its peak' out 'peak$'
has 'in plain words' out 'it was the first virus of'
narrow 'no line is too long' out
exits 'a family without' 0 rapsheet families --json Sobig
says 'is all its variants' out \
	'[f["name"] for f in d["families"]] == [f["name"] for f in '\
'r["families"] if f["name"].startswith("Sobig.")] != []'
exits 'a family that is not there' 1 rapsheet families Nosuch.A
has 'it is named' err '"Nosuch.A"'
is 'and nothing is printed' "$(cat out)" ''

exits 'back-test' 0 rapsheet backtest
has 'unbeaten rules are marked' out '^  ★  '
has 'with what clean mail it may cost' out 'lose at most'
narrow 'no line is too long' out
exits 'as JSON' 0 rapsheet backtest --json
says 'the same as in the report' out \
	'[{k: x[k] for k in y} for x, y in zip(d["backtest"], '\
'r["backtest"])] == r["backtest"] and len(d["backtest"]) == 108'
says 'shares are of the mail' out \
	'all(x["shares"][k] == x[k] / d["mail"][k] for x in d["backtest"] '\
'for k in d["mail"])'
says 'the unbeaten ones are' out \
	'all(x["unbeaten"] == (x["spam"] > 0 and not any(y["spam"] >= '\
'x["spam"] and y["clean"] <= x["clean"] and (y["spam"] > x["spam"] or '\
'y["clean"] < x["clean"]) for y in d["backtest"])) for x in d["backtest"])'
exits 'one rule' 0 rapsheet backtest --trigger virus --scope host --days 21
has 'in words' out 'Refuse a host, for 21 days after it sent a virus'
narrow 'no line is too long' out
exits 'for ever, as JSON' 0 rapsheet backtest --json --days ever --sort clean
says 'is null, and sorted' out \
	'len(d["backtest"]) == 12 and all(x["days"] is None for x in '\
'd["backtest"]) and [x["clean"] for x in d["backtest"]] == sorted(x["clean"] '\
'for x in d["backtest"])'
for wrong in '--days 22' '--trigger spam' '--scope /24' '--sort virus'; do
	# shellcheck disable=SC2086 # two words
	exits "wrong usage: $wrong" 2 rapsheet backtest $wrong
	has 'says what is allowed' err '^rapsheet: --.*: expected .* or '
	is 'in one line' "$(wc -l <err)" 1
done

exits 'two windows' 0 rapsheet report \
	--compare 2003-06-16..2003-08-01 --compare 2003-08-01..
has 'the verdicts' out '^B  2003-08-01.. · 2003-08-01 to '
has 'differences in words' out 'no clear difference\|B clearly'
narrow 'no line is too long' out
exits 'two clients, as JSON' 0 rapsheet report --json \
	--compare client:client1.example --compare client:client2.example
cp out both.json
rapsheet report --json --client client1.example >a.json
rapsheet report --json --client client2.example >b.json
says 'are the reports on each' both.json \
	'd["a"] == json.load(open("a.json")) and '\
'd["b"] == json.load(open("b.json")) and d["a"] != d["b"]'
exits 'one, against all' 0 rapsheet report --json \
	--compare client:client1.example
cp out one.json
says 'all comes first' one.json \
	'd["a"] == r and d["b"] == json.load(open("a.json"))'
exits 'one, within the other options' 0 rapsheet report --json \
	--client client1.example --from 2003-07-01 --compare ..2003-08-01
cp out within.json
rapsheet report --json --client client1.example --from 2003-07-01 \
	--to 2003-08-01 >c.json
says 'they hold for both' within.json 'd["b"] == json.load(open("c.json"))'
exits 'a client that is not there' 1 rapsheet report --compare client:nobody
has 'is named' err '"nobody"'
for wrong in 2003-08 client: .. 2003-08-02..2003-08-01; do
	exits "wrong usage: --compare $wrong" 2 rapsheet report \
		--compare "$wrong"
	has 'says so' err '^rapsheet: --compare: '
done
exits 'three are too many' 2 rapsheet report --compare 2003-07-01.. \
	--compare 2003-08-01.. --compare 2003-09-01..
exits 'a window that ends before the log' 2 rapsheet report --to 2000-01-01
has 'says what it came to' err 'no time lies from 2003-'

rapsheet record export >log.csv
exits 'families of a file' 0 rapsheet families --json log.csv
says 'the same' out 'd["families"] == r["families"]'
exits 'one of a file' 0 rapsheet families Klez log.csv
has 'after what was read' out '^csv: '
has 'comes the family' out '^Klez.H$'
cp log.csv Klez
exits 'a file named like a family' 0 rapsheet families --json Klez
says 'is a file' out 'd["families"] == r["families"]'
exits 'and the family is there' 0 rapsheet families --json --family Klez Klez
says 'by its option' out '[f["name"] for f in d["families"]] == ["Klez.H"]'
exits 'back-test of a file' 0 rapsheet backtest --json log.csv
done_testing
