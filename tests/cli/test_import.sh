#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same record and the same words with any memory and any number of CPUs
. "$(dirname "$0")/tap.sh"

one_cpu="taskset -c $(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')"

rapsheet simulate --world causal --events 300000 --days 70 --seed 7 \
	--csv plain.csv
exits 'import' 0 rapsheet --record plain import plain.csv
rapsheet --record plain record export >want

exits 'in a little memory' 0 \
	rapsheet --record little import --memory 1M plain.csv
rapsheet --record little record export >got
same 'is the same record' want got
exits 'on one CPU' 0 $one_cpu "$RAPSHEET" --record one import plain.csv
rapsheet --record one record export >got
same 'is the same' want got
exits 'and whole' 0 rapsheet --record one record verify

exits 'a world' 0 rapsheet --record world simulate \
	--world causal --events 300000 --days 70 --seed 7
exits 'the same in a little memory' 0 rapsheet --record tiny simulate \
	--world causal --events 300000 --days 70 --seed 7 --memory 1048576
rapsheet --record world record export >want
rapsheet --record tiny record export >got
same 'is that world' want got

# Bad rows, quotes, CRLF, long lines, blank ones: some at every border
awk 'NR == 1 { print; next }
	{ printf "%s%s", $0, NR % 3 ? "\n" : "\r\n" }
	NR % 997 == 0 { print "" }
	NR % 4999 == 0 { print "a bad row, number " NR }
	NR % 5003 == 0 { print "2003-08-19T12:00:00Z,127.0.0.1,spam,,c" NR }
	NR % 7001 == 0 { print "1061292345,192.0.2.1,spam,\"x\ny\"," }
	NR % 90001 == 0 { printf "%0*d\n", 1100000, 1 }' plain.csv >bad.csv
exits 'a bad file' 1 rapsheet --record all import --ignored bad.csv
cp out all.out && cp err all.err
exits 'on one CPU' 1 \
	$one_cpu "$RAPSHEET" --record single import --ignored bad.csv
cp out one.out && cp err one.err
same 'the same accounts of a bad file' one.out all.out
same 'and the same complaints, in order' one.err all.err
is 'of the first five rows' "$(grep -c bad.csv: all.err)" 5
rapsheet --record all record export >want
rapsheet --record single record export >got
same 'and the same record' want got

exits 'a known file' 0 rapsheet --record all import plain.csv bad.csv
exits 'once more' 0 rapsheet --record all import bad.csv plain.csv
has 'is passed over' out 'passed over: 2 inputs'

exits 'too little memory' 2 rapsheet import --memory 1000K plain.csv
exits 'no size' 2 rapsheet import --memory much plain.csv
exits 'too large a size' 2 rapsheet import --memory 99999999999T plain.csv

# The customer of a domain has the name that the configuration gives it
cat >clients.conf <<E1
client "Example Ltd" { domains = { "a.example" } }
E1
cat >one.eml <<E1
Delivered-To: user@A.example
Received: from mail.sender.example (mail.sender.example [192.0.2.7])
	by mx.a.example (Postfix) with ESMTP id 0123456789
	for <user@a.example>; Tue, 19 Aug 2003 12:00:00 +0000
Date: Tue, 19 Aug 2003 12:00:00 +0000
From: <x@sender.example>
Subject: hello

hello
E1
cat >one.log <<E1
2003-08-19T12:00:00+00:00 mx postfix/smtpd[1]: 0123456789: client=unknown[192.0.2.7]
2003-08-19T12:00:00+00:00 mx postfix/qmgr[2]: 0123456789: from=<x@sender.example>, size=1, nrcpt=1 (queue active)
2003-08-19T12:00:00+00:00 mx postfix/lmtp[3]: 0123456789: to=<user@A.example>, relay=mx[private/lmtp], delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok)
2003-08-19T12:00:00+00:00 mx postfix/qmgr[2]: 0123456789: removed
E1
for f in one.eml one.log; do
	rapsheet --record client.$f --config clients.conf import $f >/dev/null
	is "$f: the client is the configured one" \
		"$(rapsheet --record client.$f record export | sed 1d)" \
		'2003-08-19T12:00:00Z,192.0.2.7,clean,,Example Ltd'
done
done_testing
