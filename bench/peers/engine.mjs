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
// returns rows. Result: rows, and the medians of the seconds of each, of "both",
// and of all others together; the two also in seconds of the processors.
export async function askAll(questions, job, ask) {
	const rows = {}
	const each = {}
	const wall = { both: [], eight: [] }
	const cpu = { both: [], eight: [] }
	for (let run = 0; run <= job.repeat; run++) {
		const sum = { both: [0, 0], eight: [0, 0] }
		for (const [name, sql] of questions) {
			const before = process.cpuUsage()
			const [t, result] = await timed(() => ask(sql, name))
			const { user, system } = process.cpuUsage(before)
			const into = sum[name === 'both' ? 'both' : 'eight']
			into[0] += t
			into[1] += (user + system) / 1e6
			if (run === 0) rows[name] = result
			else (each[name] ??= []).push(t)
		}
		for (const what of run === 0 ? [] : ['both', 'eight']) {
			wall[what].push(sum[what][0])
			cpu[what].push(sum[what][1])
		}
	}
	for (const name in each) each[name] = median(each[name])
	return {
		rows,
		each,
		both: median(wall.both),
		eight: median(wall.eight),
		both_cpu: median(cpu.both),
		eight_cpu: median(cpu.eight),
	}
}

export async function serve(actions) {
	const job = JSON.parse(process.argv[2])
	const result = await actions[job.action](job)
	result.peak_kib = process.resourceUsage().maxRSS
	process.stdout.write(
		JSON.stringify(result, (_, v) => (typeof v === 'bigint' ? Number(v) : v)) + '\n',
	)
}
