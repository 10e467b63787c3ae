#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The logs of examples/, written by real servers: what is read is what was
# sent, attempt for attempt
. "$(dirname "$0")/tap.sh"
examples=$here/../../examples

exits 'the log with ISO stamps' 0 rapsheet import --json \
	$examples/mail.log.zst
python3 "$here/check_accounts.py" postfix 8295 0 <out >why &&
	pass "the accounting: $(cat why)" || fail 'the accounting' <why
rapsheet record export >iso.csv
python3 "$here/check_examples.py" $examples/truth.tsv iso.csv >why &&
	pass "attempt for attempt: $(cat why)" ||
	fail 'attempt for attempt' <why

exits 'the same log with BSD stamps' 0 rapsheet --record bsd import \
	--year 2002 --timezone UTC $examples/mail-bsd.log.zst
rapsheet --record bsd record export >bsd.csv
same 'is the same events' iso.csv bsd.csv
exits 'report' 0 rapsheet report $examples/mail.log.zst
has 'knows that it is too little for a verdict' out '^TOO LITTLE DATA'
done_testing
