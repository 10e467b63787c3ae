// SPDX-License-Identifier: Apache-2.0
// check.mjs - are a peer's answers those of rapsheet's report?
//
// Counts and shares of counts have to be equal to the last digit; sums of
// fractions, whose order differs, to one part in 10^9.

const KINDS = ['clean', 'spam', 'virus', 'policy', 'unscanned']

class Check {
	constructor() {
		this.n = 0
		this.wrong = []
	}

	same(what, got, want) {
		this.n++
		if (got !== want) this.wrong.push(`${what}: ${got}, not ${want}`)
	}

	near(what, got, want) {
		this.n++
		if (!(Math.abs(got - want) <= 1e-9 * Math.abs(want))) this.wrong.push(`${what}: ${got}, not ${want}`)
	}
}

const total = (list) => list.reduce((a, b) => a + b, 0)

function checkOverlap(c, cells, report) {
	const sets = {
		virus_open: [(v) => v.v, (v) => v.r],
		virus_spam: [(v) => v.v, (v) => v.s],
		open_spam: [(v) => v.r, (v) => v.s],
		virus_openspam: [(v) => v.v, (v) => v.r && v.s],
	}
	const count = (f) => total(cells.filter(f).map((x) => x.n))

	c.same('hosts.all', count(() => true), report.hosts.all)
	c.same('hosts.virus', count((x) => x.v), report.hosts.virus)
	c.same('hosts.spam', count((x) => x.s), report.hosts.spam)
	for (const [name, [a, b]] of Object.entries(sets)) {
		const want = report.overlap[name]
		c.same(`overlap.${name}.a`, count(a), want.a)
		c.same(`overlap.${name}.b`, count(b), want.b)
		c.same(`overlap.${name}.both`, count((x) => a(x) && b(x)), want.both)
	}
}

function checkOrder(c, rows, report) {
	for (const which of ['virus_spam', 'virus_open']) {
		const want = report.order[which]
		const mine = rows.filter((x) => x.which === which)
		const count = (sign) => total(mine.filter((x) => x.sign === sign).map((x) => x.n))
		const lags = {}

		c.same(`order.${which}.first`, count(1), want.first)
		c.same(`order.${which}.second`, count(-1), want.second)
		c.same(`order.${which}.tie`, count(0), want.tie)
		for (const x of mine) lags[x.lag] = (lags[x.lag] ?? 0) + x.n
		for (const lag of new Set([...Object.keys(lags), ...Object.keys(want.lag_days)]))
			c.same(`order.${which}.lag_days.${lag}`, lags[lag], want.lag_days[lag])
	}
}

// Rows of "both": mail, v, s, r, order and lag against spam, against open, n
export function checkBoth(rows, report, c = new Check()) {
	const cells = rows
		.filter((x) => Number(x[0]))
		.map((x) => ({ v: Number(x[1]), s: Number(x[2]), r: Number(x[3]), n: x[8] }))
	const orders = rows.flatMap((x) => [
		{ which: 'virus_spam', sign: x[4], lag: x[5], n: x[8] },
		{ which: 'virus_open', sign: x[6], lag: x[7], n: x[8] },
	])
	checkOverlap(c, cells, report)
	checkOrder(
		c,
		orders.filter((x) => x.sign !== null),
		report,
	)
	return c
}

// `places` finds the entry of the report that a row of mail or spam is about
function checkTraffic(c, what, rows, key, places) {
	for (const [id, want] of places) {
		const mine = rows.filter((x) => x[key] === id)
		const spam = want.spam

		KINDS.forEach((kind, k) =>
			c.same(`${what} ${id} ${kind}`, total(mine.filter((x) => x[2] === k).map((x) => x[3])), want[kind]),
		)
		if (spam === 0) continue
		c.same(`${what} ${id} from open`, total(mine.map((x) => x[4])) / spam, want.spam_from_open)
		c.same(`${what} ${id} from virus`, total(mine.map((x) => x[5])) / spam, want.spam_from_virus)
		c.same(`${what} ${id} after virus`, total(mine.map((x) => x[6])) / spam, want.spam_after_virus)
	}
	c.same(`${what}: rows of others`, rows.filter((x) => x[key] !== null && !places.has(x[key])).length, 0)
}

function checkShares(c, rows, report, names) {
	const days = new Map(report.shares.by_day.map((d) => [d.day, d]))
	const clients = new Map(report.shares.by_client.map((x) => [x.name === null ? 0 : names.client.get(x.name), x]))

	checkTraffic(c, 'day', rows, 0, days)
	checkTraffic(c, 'client', rows, 1, clients)
}

function checkAdjusted(c, rows, report) {
	for (const [which, ad, bc, excess, variance, strata] of rows) {
		const want = report.adjusted[which]

		c.near(`adjusted.${which}.odds`, ad / bc, want.odds.value)
		c.near(`adjusted.${which}.cmh`, (excess * excess) / variance, want.cmh)
		c.same(`adjusted.${which}.strata`, strata, want.strata)
	}
	c.same('adjusted', rows.length, 2)
}

function checkHazard(c, rows, report) {
	for (const [which, ratio, logrank, e0, e1, days] of rows) {
		const want = report.hazard[which]

		c.near(`hazard.${which}.ratio`, ratio, want.ratio.value)
		c.near(`hazard.${which}.logrank`, logrank, want.logrank)
		c.same(`hazard.${which}.events_unexposed`, e0, want.events_unexposed)
		c.same(`hazard.${which}.events_exposed`, e1, want.events_exposed)
		c.same(`hazard.${which}.exposed_days`, days, want.exposed_days)
	}
	c.same('hazard', rows.length, 2)
}

function checkSelf(c, rows, report) {
	for (const [kind, name] of [
		[0, 'clean'],
		[1, 'spam'],
	])
		report.self_control[name].days.forEach((want, period) =>
			c.same(`self_control.${name}.days[${period}]`, rows.find((x) => x[0] === kind && x[1] === period)?.[2] ?? 0, want),
		)
}

function checkLookback(c, rows, report) {
	for (const [who, n, shares] of [
		[1, report.lookback.spammers, report.lookback.share_spammers],
		[0, report.lookback.controls, report.lookback.share_controls],
	]) {
		const mine = rows.filter((x) => Number(x[0]) === who)
		let sum = 0

		c.same(`lookback hosts (${who})`, total(mine.map((x) => x[2])), n)
		shares.forEach((want, day) => {
			sum += mine.find((x) => x[1] === day)?.[2] ?? 0
			c.same(`lookback share (${who})[${day}]`, sum / n, want)
		})
	}
}

function checkFamilies(c, rows, report, names) {
	for (const f of report.families) {
		const label = names.label.get(f.name)

		f.days.forEach((want, day) => {
			const got = rows.find((x) => x[0] === label && x[1] === day)?.slice(2) ?? [0, 0, 0]
			want.forEach((n, i) => c.same(`families ${f.name} day ${day} [${i}]`, got[i], n))
		})
	}
	c.same('families', new Set(rows.map((x) => x[0])).size, report.families.length)
}

// All questions of a peer's `ask`
export function checkAll(rows, report, names) {
	const c = checkBoth(rows.both, report)
	const cells = rows.overlap.map(([v, s, r, n]) => ({ v: Number(v), s: Number(s), r: Number(r), n }))

	checkOverlap(c, cells, report)
	checkOrder(
		c,
		rows.order.map(([which, sign, lag, n]) => ({ which, sign, lag, n })),
		report,
	)
	checkShares(c, rows.shares, report, names)
	checkAdjusted(c, rows.adjusted, report)
	checkHazard(c, rows.hazard, report)
	checkSelf(c, rows.self, report)
	checkLookback(c, rows.lookback, report)
	checkFamilies(c, rows.families, report, names)
	return c
}
