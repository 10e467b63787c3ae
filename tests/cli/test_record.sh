#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The record: in and out again, twice the same, damage found
. "$(dirname "$0")/tap.sh"

cat >a.csv <<E1
time,host,kind,label,client
2003-08-19T12:00:00Z,192.0.2.7,virus,Sobig.F,a.example
2003-08-19T12:00:00Z,192.0.2.7,virus,Sobig.F,a.example
2003-08-20T12:00:00Z,192.0.2.7,spam,,"b, the second"
2003-09-01T00:00:00Z,192.0.2.7,proxy,socks4,
2003-08-19T12:00:01Z,2001:db8::,clean,,a.example
E1
sort -t, -k2,2 -k1,1 a.csv >/dev/null
exits 'import' 0 rapsheet import a.csv
exits 'export' 0 rapsheet record export
same 'what goes in comes out, equal rows twice' a.csv out
exits 'the same file again' 0 rapsheet import a.csv
rapsheet record export >again
same 'changes nothing' a.csv again
cp a.csv copy.csv
exits 'nor under another name' 0 rapsheet import copy.csv
gzip -k copy.csv && rm copy.csv
exits 'nor compressed' 0 rapsheet import copy.csv.gz
rapsheet record export >again
same 'it is known by its content' a.csv again

rapsheet record export >out.csv
exits 'out and into another record' 0 \
	rapsheet --record other import out.csv
rapsheet --record other record export >again
same 'is the same' out.csv again

exits 'stat' 0 rapsheet record stat --json
has 'counts the events' out '"events": 5'
exits 'verify' 0 rapsheet record verify
rapsheet record export --from 2003-08-20 --to 2003-09-01 >part
is 'a part of the time' "$(grep -c 2003 part)" 1

exits 'host' 0 rapsheet host 192.0.2.7
has 'it tells of the virus' out 'Sobig.F'
exits 'as JSON' 0 rapsheet host --json 192.0.2.7
has 'too' out '"Sobig.F"'
exits 'a network' 0 rapsheet host 192.0.2.0/24
has 'with its hosts' out '192.0.2.7'
exits 'a host unknown to us' 1 rapsheet host 192.0.2.8
exits 'an IPv6 host' 0 rapsheet host 2001:db8::99

printf 'one\n192.0.2.7\n198.51.100.1\n' | sed 1d >list.txt
exits 'a list' 0 rapsheet import --label ours --timezone UTC list.txt
exits 'a longer one' 0 sh -c 'echo 198.51.100.2 >>list.txt
	touch -d 2030-01-01 list.txt
	exec "$RAPSHEET" import --label ours list.txt'
is 'adds only the newcomers' \
	"$(rapsheet record export | grep -c listed,ours)" 3

# ------------------------------------------------------------------- upkeep
rapsheet record export >before.csv
rapsheet record export --from 2003-08-20 --to 2003-09-02 >want.csv
exits 'stat by month' 0 rapsheet record stat
has 'a line for each' out '^  2003-08  *4 in 1 run, 1 file,'
exits 'as JSON too' 0 rapsheet record stat --json
has 'with its name' out '"month": "2003-08"'

cp -R record kept && exits 'expire' 0 rapsheet --record kept \
	record expire --before 2003-08-20
has 'says how many' out '^dropped 3 events (files: 1 removed, 1 written)$'
rapsheet --record kept record export --to 2003-09-02 >again
same 'what is younger stays' want.csv again
exits 'is whole' 0 rapsheet --record kept record verify
exits 'the log again' 0 rapsheet --record kept import a.csv
rapsheet --record kept record export --to 2003-09-02 >again
same 'does not bring the old back' want.csv again

exits 'expire how far?' 2 rapsheet --record kept record expire
has 'is the question' err 'retention'
echo 'record { retention = 400 }' >days.conf
exits 'by the configuration' 0 rapsheet --config days.conf --record kept \
	record expire
is 'only what is young stays' "$(rapsheet --record kept record export |
	grep -c ^2003)" 0

grep -v 192.0.2.7 before.csv >want.csv
exits 'forget' 0 rapsheet record forget 192.0.2.7
has 'says whom, and how much' out '^forgot 192.0.2.7, [0-9]* events'
rapsheet record export >again
same 'nobody else' want.csv again
exits 'the rap sheet is gone' 1 rapsheet host 192.0.2.7
exits 'the same log again' 0 rapsheet import a.csv
rapsheet record export >again
same 'does not bring it back' want.csv again
exits 'whom?' 2 rapsheet record forget
exits 'not a name' 2 rapsheet record forget mail.example.com
exits 'who is unknown is forgotten' 0 rapsheet record forget 192.0.2.7

for day in 1 2 3; do
	echo "2004-01-0$day 00:00:00,198.51.100.$day,spam,,"
done >rows
while read -r row; do
	{ echo time,host,kind,label,client && echo "$row"; } >one.csv
	rapsheet import --timezone UTC one.csv >/dev/null
done <rows
rapsheet record export >before.csv
has 'three imports, three runs' before.csv '^2004-01-03'
rapsheet record stat >out
has 'stat tells them' out '^  2004-01  *3 in 3 runs'
exits 'compact' 0 rapsheet record compact
rapsheet record stat >out
has 'makes them one' out '^  2004-01  *3 in 1 run,'
rapsheet record export >again
same 'and changes nothing' before.csv again
exits 'no record' 2 rapsheet --record nowhere record compact

run=$(ls record/*.run | head -1)
size=$(wc -c <"$run")
printf X | dd of="$run" bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
exits 'a flipped byte is found' 1 rapsheet record verify
has 'and the file is named' err "$(basename "$run")"
done_testing
