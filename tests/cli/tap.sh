# SPDX-License-Identifier: Apache-2.0
# tap.sh - whole programs tested from the shell: sourced by test_*.sh
#
# $RAPSHEET is the program. Each test works in a folder of its own ($PWD),
# which goes away; the record is in it.
set -u
export LC_ALL=C TZ=UTC
here=$(cd "$(dirname "$0")" && pwd)
shared=${RAPSHEET_SHARED-$here/../../../shared}
tap_n=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export RAPSHEET_RECORD=$work/record

rapsheet() {
	"$RAPSHEET" "$@"
}

pass() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1"
}

# Never behind a pipe: the count would be lost in its subshell.
fail() { # NAME [what was seen, on stdin]
	tap_n=$((tap_n + 1))
	echo "not ok $tap_n - $1"
	sed 's/^/# /'
}

# is NAME GOT WANT: the same text
is() {
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		printf 'got:  %s\nwant: %s\n' "$2" "$3" >tap.why
		fail "$1" <tap.why
	fi
}

# has NAME FILE PATTERN: a line of the file matches the basic regex
has() {
	if grep -q -e "$3" "$2"; then
		pass "$1"
	else
		{
			echo "no line matches: $3"
			head -c 3000 "$2"
		} >tap.why
		fail "$1" <tap.why
	fi
}

# same NAME FILE FILE
same() {
	if cmp -s "$2" "$3"; then
		pass "$1"
	else
		diff "$2" "$3" 2>&1 | head -20 >tap.why
		fail "$1" <tap.why
	fi
}

# exits NAME STATUS COMMAND...: stdout goes to ./out, stderr to ./err
exits() {
	tap_name=$1
	tap_want=$2
	shift 2
	"$@" >out 2>err
	tap_got=$?
	if [ $tap_got = "$tap_want" ]; then
		pass "$tap_name"
	else
		{
			echo "status $tap_got and not $tap_want"
			head -c 2000 err
		} >tap.why
		fail "$tap_name" <tap.why
	fi
}

skip() { # NAME REASON
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

done_testing() {
	echo "1..$tap_n"
}
