// SPDX-License-Identifier: Apache-2.0
// duckdb.mjs - DuckDB as a peer: a file of its newest format, narrow columns,
// row groups in the table's order

import { statSync } from 'node:fs'
import { askAll, readQuestions, requireFrom, serve, timed } from './engine.mjs'

async function open(job) {
	const { DuckDBInstance } = requireFrom(job.packages)('@duckdb/node-api')
	const instance = await DuckDBInstance.create(':memory:')
	const db = await instance.connect()
	await db.run(`SET threads = ${job.threads}`)
	await db.run(`SET temp_directory = '${job.temp}'`)
	await db.run(
		job.action === 'load'
			? `ATTACH '${job.store}' AS peer (STORAGE_VERSION 'latest')`
			: `ATTACH '${job.store}' AS peer (READ_ONLY)`,
	)
	await db.run('USE peer')
	return db
}

async function load(job) {
	const db = await open(job)
	const [seconds] = await timed(async () => {
		await db.run(`CREATE TABLE events (host UBIGINT, time UINTEGER,
			kind UTINYINT, label USMALLINT, client USMALLINT)`)
		await db.run(`INSERT INTO events SELECT * FROM read_csv('${job.csv}', header = true,
			auto_detect = false, delim = ',', columns = {'host': 'UBIGINT', 'time': 'UINTEGER',
			'kind': 'UTINYINT', 'label': 'USMALLINT', 'client': 'USMALLINT'})
			${job.sorted ? 'ORDER BY host, time' : ''}`)
		await db.run('CHECKPOINT peer')
	})
	const rows = (await db.runAndReadAll('SELECT count(*), version() FROM events')).getRows()
	db.closeSync()
	return { seconds, n: rows[0][0], version: rows[0][1], bytes: statSync(job.store).size }
}

async function ask(job) {
	const db = await open(job)
	const questions = readQuestions(new URL('duckdb.sql', import.meta.url), job)
	return askAll(questions, job, async (sql) => (await db.runAndReadAll(sql)).getRows())
}

serve({ load, ask })
