// SPDX-License-Identifier: Apache-2.0
// clickhouse.mjs - ClickHouse as a peer, inside a process (chdb): a table by
// host and time merged into one part, with codecs or without

import { askAll, readQuestions, requireFrom, serve, timed } from './engine.mjs'

const COLUMNS = {
	plain: 'host UInt64, time UInt32, kind UInt8, label UInt16, client UInt16',
	codecs: `host UInt64 CODEC(Delta, ZSTD), time UInt32 CODEC(Delta, ZSTD), kind UInt8 CODEC(ZSTD),
		label UInt16 CODEC(ZSTD), client UInt16 CODEC(ZSTD)`,
}

// Each statement is tried with these while warming up; the quicker one stays.
const CHOICES = ['optimize_aggregation_in_order = 0', 'optimize_aggregation_in_order = 1']

function open(job) {
	const { Session } = requireFrom(job.packages)('chdb')
	const session = new Session(job.store)
	session.query('CREATE DATABASE IF NOT EXISTS peer')
	session.query('USE peer')
	return (sql, settings = '') => {
		const all = `max_threads = ${job.threads}${settings && ', ' + settings}`
		const text = session.query(`${sql} SETTINGS ${all}`, 'JSONCompactEachRow')
		return text
			.split('\n')
			.filter((line) => line !== '')
			.map((line) => JSON.parse(line).map((x) => (typeof x === 'string' && /^-?\d+$/.test(x) ? Number(x) : x)))
	}
}

async function load(job) {
	const run = open(job)
	const [seconds] = await timed(() => {
		run(`CREATE TABLE peer.events (${COLUMNS[job.codecs ? 'codecs' : 'plain']})
			ENGINE = MergeTree ORDER BY (host, time)`)
		run(`INSERT INTO peer.events SELECT * FROM file('${job.csv}', 'CSVWithNames', '${COLUMNS.plain}')`)
		run('OPTIMIZE TABLE peer.events FINAL')
	})
	const [[n, version]] = run('SELECT count(), version() FROM peer.events')
	const [[bytes, parts]] = run(`SELECT sum(bytes_on_disk), count() FROM system.parts
		WHERE database = 'peer' AND table = 'events' AND active`)
	return { seconds, n, version, bytes, parts }
}

async function ask(job) {
	const run = open(job)
	const questions = readQuestions(new URL('clickhouse.sql', import.meta.url), job)
	const best = {}
	const measured = await askAll(questions, job, async (sql, name) => {
		if (name === 'hosts_drop') return session_drop(run, sql)
		if (best[name] !== undefined) return run(sql, best[name])
		return choose(run, best, sql, name)
	})
	return { ...measured, settings: best }
}

// DROP takes no settings of queries
function session_drop(run, sql) {
	run(sql)
	return []
}

async function choose(run, best, sql, name) {
	let rows
	let least = Infinity
	for (const settings of CHOICES)
		for (let i = 0; i < 2; i++) {
			if (name === 'hosts') run('DROP TABLE IF EXISTS hosts')
			const [t, result] = await timed(() => run(sql, settings))
			rows ??= result
			if (t < least) {
				least = t
				best[name] = settings
			}
		}
	return rows
}

serve({ load, ask })
