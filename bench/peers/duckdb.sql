-- SPDX-License-Identifier: Apache-2.0
-- duckdb.sql - the questions as DuckDB likes them best
--
-- events: host UBIGINT, time UINTEGER, kind UTINYINT, label and client
-- USMALLINT. $DAY0 is the window's first day since 1970, $DAYS their number.
-- Kinds: 0 clean, 1 spam, 2 virus, 3 policy, 4 unscanned; 5 to 7 open.

-- name: both
-- overlap and order in one pass, told apart by the driver
SELECT mail, tv IS NOT NULL AS v, ts IS NOT NULL AS s, tr IS NOT NULL AS r,
	sign(ts::BIGINT - tv) AS virus_spam, ts // 86400 - (tv // 86400)::BIGINT AS lag_spam,
	sign(tr::BIGINT - tv) AS virus_open, tr // 86400 - (tv // 86400)::BIGINT AS lag_open,
	count(*) AS n
FROM (
	SELECT host,
		min(kind) <= 4 AS mail,
		min(time) FILTER (kind = 2) AS tv,
		min(time) FILTER (kind = 1) AS ts,
		min(time) FILTER (kind BETWEEN 5 AND 7) AS tr
	FROM events GROUP BY host)
GROUP BY ALL;

-- name: hosts
-- what several questions need of each host, computed once
CREATE OR REPLACE TEMP TABLE hosts AS
SELECT host,
	min(time) FILTER (kind = 2) AS tv,
	min(time) FILTER (kind = 1) AS ts,
	min(time) FILTER (kind BETWEEN 5 AND 7) AS tr,
	min(time) FILTER (kind <= 4) AS seen,
	count(*) FILTER (kind <= 4 AND kind <> 2) AS n
FROM events GROUP BY host;

-- name: shares
-- all mail is counted without a join; only spam needs to know its host
WITH mail AS MATERIALIZED (
	SELECT time // 86400 AS day, client, kind, count(*) AS n
	FROM events WHERE kind <= 4 GROUP BY ALL
), spam AS MATERIALIZED (
	SELECT time // 86400 AS day, client,
		count(*) FILTER (tr IS NOT NULL) AS open,
		count(tv) AS virus,
		count(*) FILTER (time > tv) AS after
	FROM events JOIN (
		SELECT host, tv, tr FROM hosts
		WHERE ts IS NOT NULL AND (tv IS NOT NULL OR tr IS NOT NULL)
	) USING (host)
	WHERE kind = 1 GROUP BY ALL
)
SELECT day - $DAY0 AS day, NULL AS client, kind, sum(n)::BIGINT AS n, 0 AS open, 0 AS virus, 0 AS after
FROM mail GROUP BY day, kind
UNION ALL
SELECT NULL, client, kind, sum(n)::BIGINT, 0, 0, 0 FROM mail GROUP BY client, kind
UNION ALL
SELECT day - $DAY0, NULL, NULL, 0, sum(open)::BIGINT, sum(virus)::BIGINT, sum(after)::BIGINT
FROM spam GROUP BY day
UNION ALL
SELECT NULL, client, NULL, 0, sum(open)::BIGINT, sum(virus)::BIGINT, sum(after)::BIGINT
FROM spam GROUP BY client;

-- name: overlap
SELECT tv IS NOT NULL AS v, ts IS NOT NULL AS s, tr IS NOT NULL AS r, count(*) AS n
FROM hosts WHERE seen IS NOT NULL GROUP BY ALL;

-- name: adjusted
WITH strata AS (
	SELECT CASE WHEN host < 4294967296 THEN host >> 16 ELSE host >> 32 END AS network,
		least(15, floor(log2(n + 1.5))) AS class,
		count(*)::DOUBLE AS n, count(tv)::DOUBLE AS v,
		count(ts)::DOUBLE AS s, count(tr)::DOUBLE AS r,
		count(tv) FILTER (ts IS NOT NULL)::DOUBLE AS vs,
		count(tv) FILTER (tr IS NOT NULL)::DOUBLE AS vr
	FROM hosts WHERE n > 0 GROUP BY ALL
), tables AS (
	SELECT 'virus_spam' AS which, n, v, s AS o, vs AS a FROM strata
	UNION ALL
	SELECT 'virus_open', n, v, r, vr FROM strata
)
SELECT which, sum(a * (n - v - o + a) / n) AS ad, sum((v - a) * (o - a) / n) AS bc,
	sum(a - v * o / n) AS excess,
	sum(v * (n - v) / n * o * (n - o) / (n * (n - 1))) AS variance, count(*) AS strata
FROM tables WHERE v > 0 AND o > 0 AND v < n AND o < n
GROUP BY which;

-- name: order
SELECT 'virus_spam' AS which, sign(ts::BIGINT - tv) AS sign,
	ts // 86400 - (tv // 86400)::BIGINT AS lag, count(*) AS n
FROM hosts WHERE tv IS NOT NULL AND ts IS NOT NULL GROUP BY ALL
UNION ALL
SELECT 'virus_open', sign(tr::BIGINT - tv), tr // 86400 - (tv // 86400)::BIGINT, count(*)
FROM hosts WHERE tv IS NOT NULL AND tr IS NOT NULL GROUP BY ALL;

-- name: hazard
-- hosts with the same days are one row; a span at risk is a step up and one
-- down, and running sums of the steps are the hosts at risk
WITH networks AS (
	SELECT DISTINCT CASE WHEN host < 4294967296 THEN host >> 16 ELSE host >> 32 END AS network
	FROM hosts
), mixed1 AS (
	SELECT network, ((xor(network, network >> 30)::UHUGEINT * 13787848793156543929) & 18446744073709551615)::UBIGINT AS z
	FROM networks
), mixed2 AS (
	SELECT network, ((xor(z, z >> 27)::UHUGEINT * 10723151780598845931) & 18446744073709551615)::UBIGINT AS z
	FROM mixed1
), groups AS (
	SELECT network, (xor(z, z >> 31) >> 58)::INTEGER AS g FROM mixed2
), lives AS MATERIALIZED (
	SELECT g, (seen // 86400)::INTEGER - $DAY0 AS seen,
		coalesce((tv // 86400)::INTEGER - $DAY0, 9999) AS dv,
		coalesce((ts // 86400)::INTEGER - $DAY0, 9999) AS ds, count(*) AS n
	FROM hosts JOIN groups
		ON network = CASE WHEN host < 4294967296 THEN host >> 16 ELSE host >> 32 END
	WHERE hosts.seen IS NOT NULL GROUP BY ALL
), risks AS MATERIALIZED (
	SELECT 'virus_to_spam' AS which, g, seen, dv AS exposure, ds AS event,
		least(ds, $DAYS - 1) AS last, n FROM lives
	UNION ALL
	SELECT 'spam_to_virus', g, seen, ds, dv, least(dv, $DAYS - 1), n FROM lives
), steps AS (
	SELECT which, g, seen + 1 AS day, n AS n0, 0 AS n1, 0 AS e0, 0 AS e1 FROM risks WHERE seen < least(last, exposure)
	UNION ALL
	SELECT which, g, least(last, exposure) + 1, -n, 0, 0, 0 FROM risks WHERE seen < least(last, exposure)
	UNION ALL
	SELECT which, g, exposure + 1, 0, n, 0, 0 FROM risks WHERE exposure < last
	UNION ALL
	SELECT which, g, last + 1, 0, -n, 0, 0 FROM risks WHERE exposure < last
	UNION ALL
	SELECT which, g, event, 0, 0, if(exposure < event, 0, n), if(exposure < event, n, 0)
	FROM risks WHERE event < $DAYS AND event > seen
), days AS (
	SELECT which, g, day, sum(n0) AS n0, sum(n1) AS n1, sum(e0) AS e0, sum(e1) AS e1
	FROM steps GROUP BY ALL
), cells AS (
	SELECT which, e0::DOUBLE AS e0, e1::DOUBLE AS e1,
		(sum(n0) OVER w)::DOUBLE AS n0, (sum(n1) OVER w)::DOUBLE AS n1
	FROM days WINDOW w AS (PARTITION BY which, g ORDER BY day)
), sums AS (
	SELECT which, sum(e1 * n0 / (n0 + n1)) / sum(e0 * n1 / (n0 + n1)) AS ratio,
		sum(e1 - (e0 + e1) * n1 / (n0 + n1)) AS excess,
		sum(if(n0 + n1 > 1, (e0 + e1) * n1 / (n0 + n1) * n0 / (n0 + n1) *
			(n0 + n1 - e0 - e1) / (n0 + n1 - 1), 0)) AS variance,
		sum(e0)::BIGINT AS e0, sum(e1)::BIGINT AS e1
	FROM cells WHERE e0 + e1 > 0 GROUP BY which
)
SELECT which, ratio, excess * excess / variance AS logrank, e0, e1, exposed_days
FROM sums JOIN (
	SELECT which, sum(n * greatest(last - exposure, 0))::BIGINT AS exposed_days
	FROM risks GROUP BY which) USING (which);

-- name: self
-- outcome days of hosts of V by period
WITH days AS (
	SELECT DISTINCT host, kind, (time // 86400)::INTEGER - dv AS after
	FROM events JOIN (
		SELECT host, (tv // 86400)::INTEGER AS dv FROM hosts WHERE tv IS NOT NULL
	) USING (host)
	WHERE kind <= 1 AND (time // 86400)::INTEGER - dv BETWEEN -14 AND 14
)
SELECT kind, CASE WHEN after < 0 THEN 0 WHEN after = 0 THEN 1 WHEN after <= 3 THEN 2
		WHEN after <= 7 THEN 3 ELSE 4 END AS period, count(*) AS n
FROM days GROUP BY ALL;

-- name: lookback
WITH recent AS (
	SELECT host, min(time) FILTER (kind = 1) AS ts, min(time) FILTER (kind = 0) AS tc
	FROM events WHERE kind <= 1 AND time >= ($DAY0 + greatest($DAYS - 7, 0)) * 86400
	GROUP BY host
), refs AS MATERIALIZED (
	SELECT host, ts IS NOT NULL AS spam, coalesce(ts, tc) AS t FROM recent
), last AS (
	SELECT host, max(time) AS tv FROM events JOIN refs USING (host)
	WHERE kind = 2 AND time < t GROUP BY host
)
SELECT spam, (t - tv) // 86400 AS days, count(*) AS n
FROM refs LEFT JOIN last USING (host) GROUP BY ALL;

-- name: families
WITH days AS (
	SELECT label, host, time // 86400 - $DAY0 AS day, count(*) AS mails
	FROM events WHERE kind = 2 AND label > 0 GROUP BY ALL
), first AS (
	SELECT *, min(day) OVER (PARTITION BY label, host) AS first FROM days
)
SELECT label, day, sum(mails)::BIGINT AS mails, count(*) AS hosts,
	count(*) FILTER (day = first) AS fresh
FROM first GROUP BY ALL;
