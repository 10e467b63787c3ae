#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# simulate, then report: what was planted is found; CSV out and in again and
# any number of threads give the same bytes
. "$(dirname "$0")/tap.sh"

for world in causal confounded reverse null; do
	exits "$world: simulate" 0 rapsheet --record $world simulate \
		--world $world --events 400000 --hosts 10000 --seed 7 \
		--truth $world.truth
	exits "$world: report" 0 rapsheet --record $world report --json
	cp out $world.json
	exits "$world: finds what was planted" 0 python3 \
		"$here/check_truth.py" $world.truth $world.json
	sed 's/^/# /' out
done

for n in 1 2 8; do
	rapsheet --record causal report --json --threads $n >threads.$n
	rapsheet simulate --world causal --events 400000 --hosts 10000 \
		--seed 7 --threads $n --csv world.$n
done
same '2 threads report as 1' threads.1 threads.2
same '8 threads report as 1' threads.1 threads.8
same '2 threads simulate as 1' world.1 world.2
same '8 threads simulate as 1' world.1 world.8

exits 'a world as CSV' 0 rapsheet --record csv import world.1
rapsheet --record csv report --json >csv.json
same 'reports as from the record' csv.json causal.json
rapsheet --record csv record export >out.csv
exits 'out as CSV and in again' 0 rapsheet report --json out.csv
same 'reports the same' out causal.json
exits 'the text' 0 rapsheet --record causal report
has 'begins with the verdict' out .

# Worlds that fool measures: each option is in the truth, wherever it stands
special() { # OPTION... : its CSV in ./special, its truth in ./truth
	rapsheet simulate "$@" --events 8000 --seed 3 --truth truth \
		--csv special
}
special --world causal --days 150
cp special plain
for option in late 'lag-days 9' 'nat 4' churn; do
	name=${option% *}
	special --world causal --days 150 --$option
	cp special after
	special --$option --days 150 --world causal
	same "--$name before or after --world" special after
	want=${option#* }
	[ "$want" = "$option" ] && want=true
	has "--$name is told" truth "\"$(echo $name | tr - _)\": $want[,}]"
	exits "--$name is another world" 1 cmp -s special plain
done
exits 'too much NAT' 2 rapsheet simulate --world null --events 1000 --nat 9
exits 'no NAT at all' 2 rapsheet simulate --world null --events 1000 --nat 0
done_testing
