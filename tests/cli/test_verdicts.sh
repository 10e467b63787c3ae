#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bench/verdicts, in short: worlds of fixed seeds and their verdicts, the same
# on any number of threads and the same as of a record. $VERDICTS is the bench.
. "$(dirname "$0")/tap.sh"

# brief OPTION...: world, seed, right or wrong, verdict; without the calls
brief() {
	"$VERDICTS" --brief "$@" | cut -d ' ' -f 1-3,5-
}

brief --hosts 50000 --seeds 2 --worlds causal,confounded,reverse,null >got
brief --hosts 50000 --seeds 1 --worlds stop,nat >>got
brief --hosts 80000 --events 4000000 --seeds 1 --worlds late-40,late-150 >>got
brief --hosts 20000 --seeds 1 --worlds churn >>got
cat >want <<'EOF'
causal 1 right smoking gun
causal 2 right smoking gun
confounded 1 right association only
confounded 2 right association only
reverse 1 right association only
reverse 2 right association only
null 1 right no link
null 2 right no link
stop 1 right smoking gun
nat-causal 1 right smoking gun
nat-confounded 1 right association only
nat-reverse 1 right association only
nat-null 1 right no link
late-40 1 right no link
late-150 1 right smoking gun
churn-causal 1 right not settled
churn-confounded 1 right not settled
churn-reverse 1 right not settled
churn-null 1 right no link
EOF
same 'verdicts' got want

for n in 1 2 5; do
	"$VERDICTS" --brief --hosts 10000 --seeds 2 --threads $n \
		--worlds causal,reverse >threads.$n
done
same '2 threads as 1' threads.1 threads.2
same '5 threads as 1' threads.1 threads.5

# A world too small to say anything is wrong, and the program says so.
exits 'too small' 1 "$VERDICTS" --brief --hosts 300 --seeds 1 --worlds null
has 'and says so' out '^null 1 wrong .* too little data$'
exits 'no such world' 2 "$VERDICTS" --worlds nul
exits 'no such number' 2 "$VERDICTS" --seeds x

# The bench goes past the record; a report on the record must say the same.
rapsheet simulate --world reverse --events 400000 --hosts 10000 --seed 9
rapsheet report --json >report.json
"$VERDICTS" --hosts 10000 --seeds 1 --first 9 --worlds reverse >bench.txt
exits 'the same as of a record' 0 python3 - <<'EOF'
import json
import sys

verdict = json.load(open("report.json"))["verdict"]
lines = open("bench.txt").read().splitlines()
ok = f"verdicts: {verdict['result']} 1" in lines
n_rows = 0
for line in lines:
    for c in verdict["criteria"]:
        if not line.startswith("  " + c["name"]):
            continue
        n_rows += 1
        figure = c["figure"]
        calls = ["supports", "against"]
        want = [int(c["call"].startswith(x)) for x in calls]
        want.append(1 - sum(want))
        values = [figure[k] for k in ("value", "value", "value", "low", "high")]
        want += [f"{x:.4g}" if x is not None else "-" for x in values]
        got = line.replace("(z)", "").split()[1:]
        if got != [str(x) for x in want]:
            print(line, want, file=sys.stderr)
            ok = False
sys.exit(not ok or n_rows != 7)
EOF
done_testing
