#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Real logs, mail and lists, where they lie beside the repository: the
# accounting adds up, and under 1% of the mail daemons' lines are not understood
. "$(dirname "$0")/tap.sh"

if [ ! -d "$shared/data" ]; then
	skip 'real data' 'there is no shared/data beside the repository'
	done_testing
	exit
fi
data=$shared/data

# reads NAME FORMAT EXPECTED-UNITS OPTION... FILE...; $noise of the units are
# lines of no mail daemon
noise=0
reads() {
	name=$1 format=$2 units=$3
	shift 3
	rapsheet --record "$work/$format.$tap_n" import --json "$@" >out 2>err
	if python3 "$here/check_accounts.py" "$format" "$units" $noise <out >why; then
		pass "$name: $(cat why)"
	else
		cat why err >tap.why
		fail "$name" <tap.why
	fi
}

reads 'a German server, three days' postfix 69861 \
	$data/logs-postfix-logsums/mail.log.zst
for f in maillog mailog2; do
	noise=$(zstd -dc $data/logs-postfix-dump/$f.zst |
		grep -avcE '^[A-Z][a-z]{2} +[0-9]+ [0-9:]+ ')
	reads "a masked log, $noise lines of others in it" postfix - \
		$data/logs-postfix-dump/$f.zst
done
noise=0
for f in logs-small-fixtures/test.log logs-small-fixtures/test-iso8601.log \
	logs-small-fixtures-2/mail.log logs-small-fixtures-2/syslog; do
	reads $f postfix - $data/$f
done

reads 'the SpamAssassin corpus' message,mbox 6046 --kind spam \
	$data/mail-spamassassin/corpus.tar.zst
for year in 2018-04 2022-01; do
	reads "lists of $year" addresses - \
		$data/ipsets-snapshot-$year/lists.tar.zst
done

# tables of what appeared on lists, and when
for month in 2016-06 2016-08; do
	mkdir events-$month
	tar -C events-$month -I 'zstd --long=27' \
		-xf $data/ipsets-events-$month/events.tar.zst
	for f in $(find events-$month -name '*.events.tsv'); do
		list=$(basename $f .events.tsv)
		python3 "$here/ipset_events.py" $list <$f \
			>events-$month/$list.csv
		rm $f
	done
	reads "events of $month" csv - events-$month
done
done_testing
