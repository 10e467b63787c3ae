#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every key of the report's JSON, equal to what the slow and obvious oracle
# makes of the same events (tests/oracle): sixteen worlds with edges
. "$(dirname "$0")/tap.sh"
oracle=$here/../oracle
python=/usr/bin/python3

if ! $python -c 'import scipy' 2>/dev/null; then
	skip 'the oracle' 'python3-scipy is not there'
	done_testing
	exit
fi
$python "$oracle/worlds.py" 1 "$work" || exit 1
while read -r name options; do
	# The options are words of our own making: they are meant to be split.
	$python "$oracle/report.py" $options $name.csv >want.json
	rapsheet report --json $options $name.csv >got.json 2>/dev/null
	if $python "$oracle/compare.py" --may-add '*.known' --may-add ports \
		--may-add '*.why' --may-add verdict.missing \
		want.json got.json >compared; then
		pass "$name $options: $(tail -n 1 compared)"
	else
		fail "$name $options" <compared
	fi
done <worlds.txt
done_testing
