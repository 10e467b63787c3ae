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

# reads NAME FORMAT EXPECTED-UNITS OPTION... FILE...
reads() {
	name=$1 format=$2 units=$3
	shift 3
	rapsheet --record "$work/$format.$tap_n" import --json "$@" >out 2>err
	if python3 "$here/check_accounts.py" "$format" "$units" <out >why; then
		pass "$name: $(cat why)"
	else
		cat why err >tap.why
		fail "$name" <tap.why
	fi
}

reads 'a German server, three days' postfix 69861 \
	$data/logs-postfix-logsums/mail.log.zst
reads 'a masked log with noise' postfix - $data/logs-postfix-dump/maillog.zst
reads 'another' postfix - $data/logs-postfix-dump/mailog2.zst
for f in logs-small-fixtures/test.log logs-small-fixtures/test-iso8601.log \
	logs-small-fixtures-2/mail.log logs-small-fixtures-2/syslog; do
	reads $f postfix - $data/$f
done

# message texts alone: put a stamp and the program before them
sed -n 's/^#TD[^ ]* *//p' $data/logs-logwatch-td/postfix.td.txt |
	sed 's|^|Mar  5 01:02:03 mx postfix/smtpd[123]: |' >td.postfix
sed -n 's/^#TD[^ ]* *//p' $data/logs-logwatch-td/amavis.td.txt |
	sed 's|^|Mar  5 01:02:03 mx amavis[123]: (00123-01) |' >td.amavis
cat td.postfix td.amavis >td.log

reads 'the SpamAssassin corpus' message 6046 --kind spam \
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
