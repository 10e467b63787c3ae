// SPDX-License-Identifier: Apache-2.0
// engine.mjs - what every peer's process does alike
//
// A peer runs in a process of its own for loading and for asking, so that its
// peak of memory is its own. It is given a job as JSON and prints JSON.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

// The packages lie in a folder that git ignores.
export function requireFrom(folder) {
	return createRequire(join(folder, 'package.json'))
}

// A file of statements, each under "-- name: NAME", as a list of [name, SQL]
export function readQuestions(path, job) {
	return readFileSync(path, 'utf8')
		.split(/^-- name: /m)
		.slice(1)
		.map((part) => {
			const end = part.indexOf('\n')
			const sql = part
				.slice(end)
				.replace(/^--.*$/gm, '')
				.replaceAll('$DAY0', job.day0)
				.replaceAll('$DAYS', job.days)
				.trim()
				.replace(/;$/, '')
			return [part.slice(0, end), sql]
		})
}

export async function timed(f) {
	const start = process.hrtime.bigint()
	const value = await f()
	return [Number(process.hrtime.bigint() - start) / 1e9, value]
}

export function median(list) {
	const sorted = [...list].sort((a, b) => a - b)
	const half = sorted.length >> 1
	return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

// Ask all questions, once to warm up, then job.repeat times. ask(sql, name)
// returns rows. Result: rows, seconds of "both", and of all others together.
export async function askAll(questions, job, ask) {
	const rows = {}
	const seconds = {}
	for (let run = 0; run <= job.repeat; run++)
		for (const [name, sql] of questions) {
			const [t, result] = await timed(() => ask(sql, name))
			if (run === 0) rows[name] = result
			else (seconds[name] ??= []).push(t)
		}
	const others = []
	for (let run = 0; run < job.repeat; run++)
		others.push(
			questions.reduce((sum, [name]) => sum + (name === 'both' ? 0 : seconds[name][run]), 0),
		)
	const each = Object.fromEntries(Object.entries(seconds).map(([name, list]) => [name, median(list)]))
	return { rows, each, both: median(seconds.both), eight: median(others) }
}

export async function serve(actions) {
	const job = JSON.parse(process.argv[2])
	const result = await actions[job.action](job)
	result.peak_kib = process.resourceUsage().maxRSS
	process.stdout.write(
		JSON.stringify(result, (_, v) => (typeof v === 'bigint' ? Number(v) : v)) + '\n',
	)
}
