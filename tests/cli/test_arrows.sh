#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who includes whom: the arrows point one way, from cmd down to base, and from
# outside a folder only its public header is seen. cmd may see all of them.
. "$(dirname "$0")/tap.sh"
root=$here/../..

# A folder, and the folders that it may include; what is missing here may not.
cat >arrows <<E1
base
sys base
host base
event base
conf base host
indicator base event
world base event host
record base event host sys
read base event host sys
tally base event host record
judge base event host tally
report base event host tally judge indicator
act base event host record tally judge report
gate base event host sys record
cluster base event host tally judge
serve base event host sys record tally judge report
E1

# FILE FOLDER-OF-FILE INCLUDED
(cd "$root" && find src -name '*.[ch]' -exec grep -H '^#include "' {} +) |
	sed 's|^src/\([^/]*\)/\([^:]*\):#include "\([^"]*\)".*|src/\1/\2 \1 \3|' \
		>includes
(cd "$root" && find cmd -name '*.[ch]' -exec grep -H '^#include "' {} +) |
	sed 's|^\([^:]*\):#include "\([^"]*\)".*|\1 cmd \2|' >>includes

n=$(wc -l <includes)
[ "$n" -gt 300 ] && n=enough
is 'there are includes to be looked at' "$n" enough

awk 'NR == FNR { known[$1] = 1
		for (i = 2; i <= NF; i++) may[$1, $i] = 1
		next }
	{ split($3, to, "/") }
	$2 == "cmd" || to[1] == $2 { next }
	!known[$2] { print $1 ": the folder " $2 " has no arrows"; next }
	!(($2, to[1]) in may) { print $1 " includes " $3 }' \
	arrows includes >wrong
is 'arrows point one way' "$(cat wrong)" ''

awk '{ split($3, to, "/") }
	to[1] != $2 && $3 ~ "/" && $3 != to[1] "/" to[1] ".h" {
		print $1 " includes " $3 }' includes >private
is 'private headers stay in their folder' "$(cat private)" ''

awk '$2 != "cmd" && $3 !~ "/" && $3 != "version.h" {
	print $1 " includes " $3 }' includes >short
is 'includes are written from src/' "$(cat short)" ''

(cd "$root/src" && for d in *; do
	[ -f "$d/$d.h" ] || echo "$d"
done) >headless
is 'each folder has its public header' "$(cat headless)" ''
done_testing
