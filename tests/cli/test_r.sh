#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each statistic of the report, equal to that of R's own tests on the same
# events (tests/oracle/report.R). What R printed for world.csv is kept in
# world.json, and is compared where there is no R too.
. "$(dirname "$0")/tap.sh"
oracle=$here/../oracle
python=/usr/bin/python3
[ -x $python ] || python=python3

# compare WORLD WANT.json REPORT.json: a line for each statistic
compare() {
	$python "$here/check_r.py" "$2" "$3" >seen 2>tap.why || {
		fail "$1: the comparison runs" <tap.why
		return
	}
	while IFS='	' read -r result statistic numbers; do
		if [ "$result" = ok ]; then
			pass "$1: $statistic: $numbers"
		else
			echo "$numbers" >tap.why
			fail "$1: $statistic" <tap.why
		fi
	done <seen
}

# What R says, in WORLD.want; it runs while others do
ask_r() { # WORLD CSV [OPTION...]
	world=$1
	csv=$2
	shift 2
	Rscript "$oracle/report.R" "$@" "$csv" >$world.want 2>$world.err
	echo $? >$world.status
}

run() { # WORLD CSV [OPTION...]
	ask_r "$@" &
	world=$1
	csv=$2
	shift 2
	rapsheet report --json "$@" "$csv" >$world.got 2>/dev/null
}

finish() { # WORLD
	if [ "$(cat $1.status)" = 0 ]; then
		compare $1 $1.want $1.got
	else
		fail "$1: R runs" <$1.err
	fi
}

rapsheet report --json "$oracle/world.csv" >golden.got 2>/dev/null
compare 'as R printed' "$oracle/world.json" golden.got

if ! command -v Rscript >/dev/null; then
	skip 'R now' 'Rscript is not there: the numbers that it printed are'
elif ! Rscript -e 'library(survival)' >/dev/null 2>&1; then
	skip 'R now' 'r-cran-survival is not there: the numbers of R are'
else
	$python "$oracle/worlds.py" 1 . || exit 1
	run golden "$oracle/world.csv"
	run mixed mixed.csv
	wait
	run turned turned.csv
	run ties ties.csv --from 2003-08-03T07:00:00Z --to 2003-08-15T19:00:00Z
	wait
	for world in golden mixed turned ties; do
		finish $world
	done
fi
done_testing
