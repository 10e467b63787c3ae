#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Sentences of MEASURES on logs of a few lines (tests/oracle/by_hand.py)
. "$(dirname "$0")/tap.sh"
python=/usr/bin/python3
[ -x $python ] || python=python3
$python "$here/../oracle/by_hand.py" "$RAPSHEET"
