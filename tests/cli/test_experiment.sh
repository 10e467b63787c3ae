#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# doc/experiments: the numbers of the page are those of a fresh run
. "$(dirname "$0")/tap.sh"

if [ ! -d "$shared/data" ]; then
	skip 'the experiment' 'there is no shared/data beside the repository'
else
	exits 'public lists: page and figure agree with a fresh run' 0 \
		python3 "$here/../experiments/ipsets/run.py" --shared "$shared" \
		--rapsheet "$RAPSHEET" --check
fi
done_testing
