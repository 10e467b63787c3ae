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

run=$(ls record/*.run | head -1)
size=$(wc -c <"$run")
printf X | dd of="$run" bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
exits 'a flipped byte is found' 1 rapsheet record verify
has 'and the file is named' err "$(basename "$run")"
done_testing
