#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bad input: one clear line with file and line number, the rest is read
. "$(dirname "$0")/tap.sh"

header=time,host,kind,label,client
good=2003-08-19T12:00:00Z,192.0.2.7,virus,Sobig.F,a.example

events() { # how many are in the record
	rapsheet record export 2>/dev/null | grep -vc '^time,'
}

: >empty
exits 'an empty file is read' 0 rapsheet import empty

head -c 100000 /dev/urandom >junk
exits 'a binary file is refused' 1 rapsheet import junk
has 'it is named' err 'junk: .*format'
is 'in one line' "$(grep -c junk err)" 1

printf '%s\n' $header $good \
	2003-08-19T12:00:00Z,192.0.2.300,virus,,a.example \
	9999-12-31,192.0.2.8,virus,,a.example \
	2003-08-19T12:00:00Z,192.0.2.9,varus,,a.example \
	2003-08-19T12:00:01Z,192.0.2.10,spam,,a.example >rows.csv
exits 'bad rows make status 1' 1 rapsheet import rows.csv
has 'bad address: file, line, what was expected' err \
	'rows.csv:3: expected .*192.0.2.300'
has 'a date of 9999' err 'rows.csv:4: .*9999-12-31'
has 'an unknown kind' err 'rows.csv:5: .*varus'
is 'a line each' "$(grep -c 'rows.csv:' err)" 3
is 'the other rows are there' "$(events)" 2

{
	printf '%s\n' $header $good
	head -c 10000000 /dev/zero | tr '\0' x
	printf '\n%s\n' 2003-08-19T12:00:02Z,192.0.2.11,clean,,a.example
} >long.csv
exits 'a line of 10 MB' 1 rapsheet import long.csv
has 'is told in one line' err 'long.csv:3: '
is 'which is short' "$(grep 'long.csv:3' err | wc -c | awk '{print $1 < 300}')" 1
is 'and the rest is read' "$(events)" 4

{
	echo $header
	i=0
	while [ $i -lt 3000 ]; do
		echo "2003-08-19T12:00:03Z,198.51.$((i % 250)).$((i / 250)),spam,,"
		i=$((i + 1))
	done
} >many.csv
gzip -c many.csv | head -c 3000 >cut.csv.gz
exits 'a truncated .gz' 1 rapsheet import cut.csv.gz
has 'is told' err 'cut.csv.gz'
is 'in one line' "$(grep -c 'cut.csv.gz' err)" 1
n=$(events)
[ "$n" -gt 100 ] && n=enough
is 'what stood before the cut is read' "$n" enough

mkdir dir && cp rows.csv dir/ && mkdir dir/closed && chmod 000 dir/closed
caps=-dac_override,-dac_read_search # root could read it all the same
[ "$(id -u)" = 0 ] && unroot="setpriv --inh-caps=$caps --bounding-set=$caps"
exits 'a directory without rights' 1 ${unroot-} "$RAPSHEET" report --json dir
has 'is named' err 'dir/closed: '
has 'and its neighbour is read' out '"virus": *1'
chmod 755 dir/closed

exits 'a file that is not there' 1 rapsheet import nowhere.log
has 'is named' err 'nowhere.log: '
exits 'a format that is not there' 2 rapsheet import --format nope rows.csv
has 'it alone is named' err 'there is no format "nope"$'
exits 'a time zone that is not there' 2 \
	rapsheet import --timezone Nowhere/X rows.csv
has 'it alone is named' err 'there is no time zone "Nowhere/X"$'
exits 'a map that names no column' 2 rapsheet import --map host rows.csv
exits 'a map of a column that is not' 2 rapsheet import --map hast=a rows.csv
has 'it is told' err 'not "hast=a"'
esc=$(printf '\033')
{ cat rows.csv && echo $good; } >"$esc[31mred.csv"
exits 'a name that paints' 1 rapsheet import "$esc[31mred.csv"
has 'is told' err '?.31mred.csv:3: '
is 'without its paint' "$(grep -c "$esc" err)" 0
exits 'a CSV without a host column' 1 rapsheet import /dev/stdin <<E1
time,kind
1,spam
E1
exits 'the record is whole after all this' 0 rapsheet record verify
done_testing
