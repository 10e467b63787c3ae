# SPDX-License-Identifier: Apache-2.0
# order.awk - overlap and order (MEASURES 3 and 5) of rows sorted by host, time
#
# Prints, as the queries "both" do, a line for each combination that occurs:
# mail, virus against spam, lag, virus against open, lag, hosts. A comparison
# of texts, because keys of IPv6 are longer than a number of awk's is exact.

function sign(a, b) { return a < b ? -1 : a > b }
function day(t) { return int(t / 86400) }

# A missing one: as in SQL nothing follows from it
function pair(a, b) {
	return a && b ? sign(b, a) "\t" day(b) - day(a) : "\t"
}

function close_host() {
	if (host != "")
		n[mail "\t" (tv > 0) "\t" (ts > 0) "\t" (tr > 0) "\t" \
			pair(tv, ts) "\t" pair(tv, tr)]++
	mail = tv = ts = tr = 0
}

($1 "") != host { close_host(); host = $1 "" }
$3 <= 4 { mail = 1 }
$3 == 1 && !ts { ts = $2 }
$3 == 2 && !tv { tv = $2 }
$3 >= 5 && $3 <= 7 && !tr { tr = $2 }
END {
	close_host()
	for (k in n)
		print k "\t" n[k]
}
