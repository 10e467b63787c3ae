-- SPDX-License-Identifier: Apache-2.0
-- clickhouse.sql - the questions as ClickHouse likes them best
--
-- events: host UInt64, time UInt32, kind UInt8, label and client UInt16, by
-- (host, time). $DAY0 is the window's first day since 1970, $DAYS their number.
-- Kinds: 0 clean, 1 spam, 2 virus, 3 policy, 4 unscanned; 5 to 7 open. A time
-- of 0 is none: so minIf() says it, and columns need no NULL.

-- name: both
-- overlap and order in one pass, told apart by the driver
SELECT mail, tv > 0 AS v, ts > 0 AS s, tr > 0 AS r,
	if(v AND s, sign(toInt64(ts) - tv), NULL) AS virus_spam,
	if(v AND s, toInt32(intDiv(ts, 86400)) - intDiv(tv, 86400), NULL) AS lag_spam,
	if(v AND r, sign(toInt64(tr) - tv), NULL) AS virus_open,
	if(v AND r, toInt32(intDiv(tr, 86400)) - intDiv(tv, 86400), NULL) AS lag_open,
	count() AS n
FROM (
	SELECT host, min(kind) <= 4 AS mail, minIf(time, kind = 2) AS tv,
		minIf(time, kind = 1) AS ts, minIf(time, kind BETWEEN 5 AND 7) AS tr
	FROM events GROUP BY host)
GROUP BY ALL;

-- name: hosts_drop
DROP TABLE IF EXISTS hosts;

-- name: hosts
-- what several questions need of each host, computed once
CREATE TABLE hosts ENGINE = Memory AS
SELECT host, minIf(time, kind = 2) AS tv, minIf(time, kind = 1) AS ts,
	minIf(time, kind BETWEEN 5 AND 7) AS tr, minIf(time, kind <= 4) AS seen,
	countIf(kind <= 4 AND kind <> 2) AS n
FROM events GROUP BY host;

-- name: shares
-- all mail is counted without a join; only spam needs to know its host
SELECT if(grouping(day) = 0, toInt32(day) - $DAY0, NULL) AS d,
	if(grouping(client) = 0, client, NULL) AS c, kind, count() AS n,
	0 AS open, 0 AS virus, 0 AS after
FROM (SELECT toUInt16(intDiv(time, 86400)) AS day, client, kind FROM events WHERE kind <= 4)
GROUP BY GROUPING SETS ((day, kind), (client, kind))
UNION ALL
SELECT if(grouping(day) = 0, toInt32(day) - $DAY0, NULL) AS d,
	if(grouping(client) = 0, client, NULL) AS c, NULL, 0,
	countIf(tr > 0), countIf(tv > 0), countIf(tv > 0 AND time > tv)
FROM (
	SELECT toUInt16(intDiv(time, 86400)) AS day, time, client, tv, tr
	FROM events JOIN (SELECT host, tv, tr FROM hosts WHERE ts > 0 AND (tv > 0 OR tr > 0)) AS h USING (host)
	WHERE kind = 1)
GROUP BY GROUPING SETS ((day), (client));

-- name: overlap
SELECT tv > 0 AS v, ts > 0 AS s, tr > 0 AS r, count() AS n
FROM hosts WHERE seen > 0 GROUP BY ALL;

-- name: adjusted
WITH strata AS (
	SELECT if(host < 4294967296, bitShiftRight(host, 16), bitShiftRight(host, 32)) AS network,
		least(15, floor(log2(n + 1.5))) AS class,
		toFloat64(count()) AS m, toFloat64(countIf(tv > 0)) AS v,
		toFloat64(countIf(ts > 0)) AS s, toFloat64(countIf(tr > 0)) AS r,
		toFloat64(countIf(tv > 0 AND ts > 0)) AS vs, toFloat64(countIf(tv > 0 AND tr > 0)) AS vr
	FROM hosts WHERE n > 0 GROUP BY network, class
)
SELECT t.1 AS which, sum(a * (m - v - o + a) / m) AS ad, sum((v - a) * (o - a) / m) AS bc,
	sum(a - v * o / m) AS excess, sum(v * (m - v) / m * o * (m - o) / (m * (m - 1))) AS variance,
	count() AS strata
FROM (
	SELECT m, v, arrayJoin([('virus_spam', s, vs), ('virus_open', r, vr)]) AS t, t.2 AS o, t.3 AS a
	FROM strata)
WHERE v > 0 AND o > 0 AND v < m AND o < m
GROUP BY which;

-- name: order
SELECT 'virus_spam' AS which, sign(toInt64(ts) - tv) AS sign,
	toInt32(intDiv(ts, 86400)) - intDiv(tv, 86400) AS lag, count() AS n
FROM hosts WHERE tv > 0 AND ts > 0 GROUP BY sign, lag
UNION ALL
SELECT 'virus_open', sign(toInt64(tr) - tv) AS sign,
	toInt32(intDiv(tr, 86400)) - intDiv(tv, 86400) AS lag, count()
FROM hosts WHERE tv > 0 AND tr > 0 GROUP BY sign, lag;

-- name: hazard
-- hosts with the same days are one row; a span at risk is a step up and one
-- down, and running sums of the steps are the hosts at risk
WITH lives AS (
	SELECT g, toInt32(intDiv(seen, 86400)) - $DAY0 AS d0,
		if(tv > 0, toInt32(intDiv(tv, 86400)) - $DAY0, 9999) AS dv,
		if(ts > 0, toInt32(intDiv(ts, 86400)) - $DAY0, 9999) AS ds, toInt64(count()) AS n
	FROM (
		SELECT seen, tv, ts,
			if(host < 4294967296, bitShiftRight(host, 16), bitShiftRight(host, 32)) AS z0,
			bitXor(z0, bitShiftRight(z0, 30)) * 13787848793156543929 AS z1,
			bitXor(z1, bitShiftRight(z1, 27)) * 10723151780598845931 AS z2,
			toUInt8(bitShiftRight(bitXor(z2, bitShiftRight(z2, 31)), 58)) AS g
		FROM hosts WHERE seen > 0)
	GROUP BY g, d0, dv, ds
), steps AS (
	SELECT t.1 AS which, g, t.2 AS exposure, t.3 AS event, least(event, $DAYS - 1) AS last,
		d0 < least(last, exposure) AS is0, exposure < last AS is1,
		event < $DAYS AND event > d0 AS happens,
		arrayJoin([
			(d0 + 1, is0 * n, 0, 0, 0, 0),
			(least(last, exposure) + 1, -is0 * n, 0, 0, 0, 0),
			(exposure + 1, 0, is1 * n, 0, 0, is1 * n * (last - exposure)),
			(last + 1, 0, -is1 * n, 0, 0, 0),
			(event, 0, 0, happens * (exposure >= event) * n, happens * (exposure < event) * n, 0)]) AS x
	FROM (SELECT g, d0, n, arrayJoin([('virus_to_spam', dv, ds), ('spam_to_virus', ds, dv)]) AS t FROM lives)
), days AS (
	SELECT which, g, x.1 AS day, sum(x.2) AS s0, sum(x.3) AS s1, sum(x.4) AS e0, sum(x.5) AS e1, sum(x.6) AS exposed
	FROM steps GROUP BY which, g, day
), cells AS (
	SELECT which, e0, e1, exposed, sum(s0) OVER w AS n0, sum(s1) OVER w AS n1
	FROM days WINDOW w AS (PARTITION BY which, g ORDER BY day)
)
SELECT which, sumIf(e1 * n0 / (n0 + n1), e0 + e1 > 0) / sumIf(e0 * n1 / (n0 + n1), e0 + e1 > 0) AS ratio,
	pow(sumIf(e1 - (e0 + e1) * n1 / (n0 + n1), e0 + e1 > 0), 2) /
		sumIf((e0 + e1) * (n1 / (n0 + n1)) * (n0 / (n0 + n1)) * ((n0 + n1 - e0 - e1) / (n0 + n1 - 1)),
			e0 + e1 > 0 AND n0 + n1 > 1) AS logrank,
	sum(e0) AS e0s, sum(e1) AS e1s, sum(exposed) AS exposed_days
FROM cells GROUP BY which;

-- name: self
-- outcome days of hosts of V by period
SELECT kind, multiIf(after < 0, 0, after = 0, 1, after <= 3, 2, after <= 7, 3, 4) AS period, count() AS n
FROM (
	SELECT host, kind, toInt32(intDiv(time, 86400)) - dv AS after
	FROM events JOIN (SELECT host, toInt32(intDiv(tv, 86400)) AS dv FROM hosts WHERE tv > 0) AS v USING (host)
	WHERE kind <= 1 AND after BETWEEN -14 AND 14
	GROUP BY host, kind, after)
GROUP BY kind, period;

-- name: lookback
-- a reference and its last virus in one pass: of the hosts with mail in the
-- last days, the viruses' times wait in an array until the reference is known
SELECT ts > 0 AS spam, if(tv > 0, intDiv(t - tv, 86400), NULL) AS days, count() AS n
FROM (
	SELECT host, minIf(time, kind = 1 AND time >= ($DAY0 + greatest($DAYS - 7, 0)) * 86400) AS ts,
		minIf(time, kind = 0 AND time >= ($DAY0 + greatest($DAYS - 7, 0)) * 86400) AS tc,
		if(ts > 0, ts, tc) AS t,
		arrayMax(x -> if(x < t, x, 0), arrayPushBack(groupArrayIf(time, kind = 2), 0)) AS tv
	FROM events WHERE kind <= 2 GROUP BY host HAVING t > 0)
GROUP BY spam, days;

-- name: families
SELECT label, day, sum(mails) AS mails, count() AS hosts, countIf(day = first) AS fresh
FROM (
	SELECT label, day, mails, min(day) OVER (PARTITION BY label, host) AS first
	FROM (
		SELECT label, host, toInt32(intDiv(time, 86400)) - $DAY0 AS day, count() AS mails
		FROM events WHERE kind = 2 AND label > 0 GROUP BY label, host, day))
GROUP BY label, day;
