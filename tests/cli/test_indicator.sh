#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is known of families: beside the curves, on a sheet, in a file
. "$(dirname "$0")/tap.sh"

exits 'a summer with Sobig.F' 0 \
	rapsheet simulate --world causal --events 100000 --hosts 5000 --seed 3
exits 'a report on it' 0 rapsheet report
tr -s ' \n' ' ' <out >words
has 'found stop against known stop' words \
	'Sobig.F Known since 2003-08-19; built to stop (spreading) with 2003-09-10 as its first silent day. Found: silent from 2003-09-10, the very day.'
has 'a family without a stop is told as one' words \
	'Klez.H Known since 2002-04-17, with no stop date built in'
exits 'as JSON' 0 rapsheet report --json
has 'the same there' out '"found_stop_minus_known_stop": 0'

cat >mine.conf <<END
family "Sobig.F" {
	first-seen = "2003-08-19"
	stop-date = "2003-09-08"
	stop-meaning = "last spreading day"
	stop-scope = "spread"
	confidence = "low"
	sources = { "this test" }
}
END
echo 'indicators = "mine.conf"' >good.conf
exits 'a file of our own' 0 rapsheet --config good.conf check-config
exits 'is used' 0 rapsheet --config good.conf report
tr -s ' \n' ' ' <out >words
has 'and replaces what we know' words \
	'2003-09-08 as its last spreading day. Found: silent from 2003-09-10, 1 day later than that. Leak: [0-9]'

cat >wrong.conf <<END
family "X" {
	first-seen = "yesterday"
}
END
echo 'indicators = "wrong.conf"' >bad.conf
exits 'a bad file' 1 rapsheet --config bad.conf check-config
has 'has lines' out '^wrong.conf:2: first-seen: expected a date'
has 'more than one' out '^wrong.conf:3: family "X": expected a source'
exits 'stops no report' 0 rapsheet --config bad.conf report
has 'which warns' err 'wrong.conf:2: first-seen'
echo 'indicators = "nowhere.conf"' >none.conf
exits 'a file that is not there' 1 rapsheet --config none.conf check-config

cat >doors.csv <<END
time,host,kind,label,client
2003-08-20T10:00:00Z,192.0.2.1,backdoor,udp/995-999,
2003-08-20T10:00:00Z,192.0.2.1,backdoor,tcp/1080,
2005-08-20T10:00:00Z,192.0.2.2,backdoor,udp/995-999,
END
exits 'open ports' 0 rapsheet import doors.csv
exits 'a host within the dates' 0 rapsheet host 192.0.2.1
has 'is named after the family' out \
	"backdoor udp/995-999 (Sobig.F's ports, seen inside its dates)"
is 'SOCKS is not' "$(grep -c "tcp/1080 (" out)" 0
exits 'a host years later' 0 rapsheet host 192.0.2.2
is 'is not' "$(grep -c Sobig out)" 0
exits 'a report names it too' 0 \
	rapsheet report --from 2003-08-01 --to 2003-09-30 --json
has 'with its events' out \
	'{"label": "udp/995-999", "events": 1, "hosts": 1, "of": \[{"name": "Sobig.F", "events": 1}\]}'
has 'and no family for SOCKS' out \
	'{"label": "tcp/1080", "events": 1, "hosts": 1, "of": \[\]}'
cp out one
exits 'on one thread' 0 \
	rapsheet report --from 2003-08-01 --to 2003-09-30 --json --threads 1
same 'the same bytes' one out
exits 'years later' 0 rapsheet report --from 2005-08-01 --to 2005-09-01
has 'it is of nobody' out 'udp/995-999 .*of no family'
done_testing
