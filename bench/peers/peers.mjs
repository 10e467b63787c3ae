#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// peers.mjs - rapsheet beside DuckDB, ClickHouse and sort | awk, on the same
// rows in the same run, with answers compared
//
//	peers.mjs --build DIR --packages DIR [--events N] [--repeat N] [--folder DIR]
//
// Exit status 1 when an answer differs from rapsheet's: times of unequal
// answers are worth nothing.

import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkAll, checkBoth } from './check.mjs'
import { median } from './engine.mjs'

const HERE = dirname(fileURLToPath(import.meta.url))
const DAYS = 40
const SEED = 1
const CLIENTS = 50
const MANY_CLIENTS = 1000
const THREADS = [2, 1]
const AWK_MOST = 2e6 // sort | awk is for the small size

function options() {
	const o = { build: 'build', packages: 'build-peers', events: 1e7, repeat: 3, folder: tmpdir() }
	const args = process.argv.slice(2)
	for (let i = 0; i < args.length; i += 2) {
		const key = args[i].replace(/^--/, '')
		if (!(key in o) || args[i + 1] === undefined) {
			console.error(`peers.mjs: what is ${args[i]}?`)
			process.exit(2)
		}
		o[key] = typeof o[key] === 'number' ? Number(args[i + 1]) : args[i + 1]
	}
	if (!(o.events >= 1000) || !(o.repeat >= 3)) {
		console.error('peers.mjs: at least 1000 events, and 3 repeats')
		process.exit(2)
	}
	o.build = resolve(o.build)
	o.packages = resolve(o.packages)
	return o
}

// ------------------------------------------------------------------ programs

const say = (text = '') => console.log(text)
const program = (o, name) => join(o.build, name)

// Run to the end under time(1): seconds, peak memory in KiB, standard output
function run(argv, out = 'pipe', env = {}) {
	const start = process.hrtime.bigint()
	const r = spawnSync('/usr/bin/time', ['-f', 'peak %M', ...argv], {
		stdio: ['ignore', out, 'pipe'],
		maxBuffer: 1 << 30,
		encoding: 'utf8',
		env: { ...process.env, ...env },
	})
	const seconds = Number(process.hrtime.bigint() - start) / 1e9
	if (r.status !== 0) throw new Error(`${argv[0]}: ${r.stderr}`)
	return { seconds, peak_kib: Number(/peak (\d+)\s*$/.exec(r.stderr)[1]), out: r.stdout }
}

function runInto(path, argv, env) {
	const fd = openSync(path, 'w')
	const r = run(argv, fd, env)
	closeSync(fd)
	return r
}

// A peer's process; its last line is its result
function peer(name, job) {
	const argv = [process.execPath, join(HERE, `${name}.mjs`), JSON.stringify(job)]
	const r = spawnSync(argv[0], argv.slice(1), { maxBuffer: 1 << 30, encoding: 'utf8' })
	if (r.status !== 0) throw new Error(`${name}: ${r.error ?? r.stderr}`)
	return JSON.parse(r.stdout.trim().split('\n').at(-1))
}

const folderBytes = (folder) =>
	readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)

// ---------------------------------------------------------------------- rows

// A world in a record, and its rows in the order of time for everybody
function makeRows(o, folder, clients) {
	const record = join(folder, 'record')
	const rapsheet = program(o, 'cmd/rapsheet')
	const made = run([rapsheet, '--record', record, 'simulate', '--world', 'causal',
		'--events', String(o.events), '--hosts', String(Math.round(o.events / DAYS)),
		'--days', String(DAYS), '--seed', String(SEED), '--clients', String(clients)])
	const rows = { record, numbers: join(folder, 'numbers.csv'), text: join(folder, 'text.csv'), made }

	runInto(rows.numbers, [program(o, 'bench/rows'), record, 'numbers'])
	runInto(rows.text, [program(o, 'bench/rows'), record, 'text'])
	rows.names = { label: new Map(), client: new Map() }
	for (const line of run([program(o, 'bench/rows'), record, 'names']).out.trim().split('\n')) {
		const [what, number, name] = line.split('\t')
		rows.names[what].set(name, Number(number))
	}
	return rows
}

// ------------------------------------------------------------------ contests

function loadRapsheet(o, folder, rows) {
	const record = join(folder, 'imported')
	const r = run([program(o, 'cmd/rapsheet'), '--record', record, 'import', rows.text])

	return { name: 'rapsheet', record, seconds: r.seconds, peak_kib: r.peak_kib, bytes: folderBytes(record) }
}

const STORES = [
	{ name: 'DuckDB, by host and time', engine: 'duckdb', sorted: true },
	{ name: 'DuckDB, as it came', engine: 'duckdb', sorted: false },
	{ name: 'ClickHouse', engine: 'clickhouse', codecs: false },
	{ name: 'ClickHouse, delta and ZSTD', engine: 'clickhouse', codecs: true },
]

function loadPeers(o, folder, rows) {
	return STORES.map((s, i) => {
		const job = { ...s, action: 'load', packages: o.packages, csv: rows.numbers,
			store: join(folder, `store-${i}`), temp: folder, threads: 2 }
		return { ...s, store: job.store, ...peer(s.engine, job) }
	})
}

// The whole report by the command, and inside a process as peers are asked
function askRapsheet(o, record, threads) {
	const argv = [program(o, 'cmd/rapsheet'), '--record', record, 'report', '--json', '--threads', String(threads)]
	const first = run(argv)
	const runs = Array.from({ length: Math.max(5, o.repeat) }, () => run(argv))
	const inside = JSON.parse(run([program(o, 'bench/inside'), record, String(threads)]).out)

	return {
		report: JSON.parse(first.out),
		command: median(runs.map((r) => r.seconds)),
		...inside,
		peak_kib: Math.max(...runs.map((r) => r.peak_kib)),
	}
}

function askPeer(o, folder, store, threads, report) {
	return peer(store.engine, { action: 'ask', packages: o.packages, store: store.store, temp: folder, threads,
		repeat: o.repeat, day0: Date.parse(report.window.from) / 86400e3, days: report.window.days })
}

function askAwk(o, folder, rows, threads) {
	const sorted = join(folder, 'sorted.csv')
	const C = { LC_ALL: 'C' }
	const bare = join(folder, 'bare.csv')
	runInto(bare, ['tail', '-n', '+2', rows.numbers])
	const times = []
	let out
	for (let i = 0; i < 3; i++) {
		const sort = runInto(sorted, ['sort', '-t,', '-k1,1n', '-k2,2n', '-S', '2G', `--parallel=${threads}`,
			'-T', folder, bare], C)
		const awk = run(['mawk', '-F,', '-f', join(HERE, 'order.awk'), sorted], 'pipe', C)
		times.push({ sort: sort.seconds, awk: awk.seconds, peak_kib: Math.max(sort.peak_kib, awk.peak_kib) })
		out = awk.out
	}
	rmSync(bare)
	rmSync(sorted)
	return {
		sort: median(times.map((t) => t.sort)),
		awk: median(times.map((t) => t.awk)),
		peak_kib: Math.max(...times.map((t) => t.peak_kib)),
		rows: out.trim().split('\n').map((line) => line.split('\t').map((x) => (x === '' ? null : Number(x)))),
	}
}

// -------------------------------------------------------------------- output

const pad = (text, n) => String(text).padStart(n)
const s = (x) => pad(x === null ? '-' : x < 10 ? x.toFixed(3) : x.toFixed(1), 9)
const mib = (kib) => pad((kib / 1024).toFixed(0), 7)
const times = (x, of) => pad(x === null ? '-' : (x / of).toFixed(1), 8)

function sayMachine(o, stores) {
	const now = new Date().toISOString().slice(0, 10)
	const version = (engine) => stores.find((x) => x.engine === engine).version

	say(`rapsheet and its peers, ${now}`)
	say(`machine: ${cpus()[0].model.trim()}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ` +
		`Linux ${release()}; load average ${loadavg().map((x) => x.toFixed(2)).join(' ')}`)
	say(`peers: DuckDB ${version('duckdb')}, ClickHouse ${version('clickhouse')} (chdb), node ${process.version}`)
}

function sayStores(rapsheet, stores, n) {
	say('                              bytes/event   load s   peak MiB')
	for (const x of [rapsheet, ...stores])
		say(`${x.name.padEnd(28)}${pad((x.bytes / n).toFixed(3), 13)}${s(x.seconds)}   ${mib(x.peak_kib)}`)
}

function sayAnswers(threads, ours, answers, awk, limit) {
	const cells = (x, cpu, of) => (x === undefined ? pad('-', 25) : s(x) + times(x, of.measures) +
		(cpu === undefined ? pad('-', 8) : pad(cpu.toFixed(3), 8)))
	const line = (name, x, peak, verdict = '') =>
		say(`${name.padEnd(28)}${cells(x.both, x.both_cpu, ours)}  ${cells(x.eight, x.eight_cpu, ours)}` +
			`  ${mib(peak)}   ${verdict}`)
	const twice = (wall, cpu) => ({ both: wall, eight: wall, both_cpu: cpu, eight_cpu: cpu })
	const equal = (a) => `${a.check.n - a.check.wrong.length} of ${a.check.n} equal`

	say(`\n${threads} thread${threads > 1 ? 's' : ''}: seconds, ratio to rapsheet's without the back-test, ` +
		`seconds of CPU; load average ${loadavg()[0].toFixed(2)}`)
	say('                                  overlap and order            eight questions       peak')
	say('                                 s   ratio     CPU          s   ratio     CPU        MiB   answers')
	line('rapsheet, MEASURES 2-12, 14', twice(ours.measures, ours.measures_cpu), ours.inside_kib, 'with intervals')
	line('  and 13, the back-test', twice(ours.all, ours.all_cpu), ours.inside_kib)
	line('  the command, JSON printed', twice(ours.command), ours.peak_kib)
	for (const a of answers) line(a.name, a, a.peak_kib, equal(a))
	if (awk !== null)
		line('sort | awk', { both: awk.sort + awk.awk }, awk.peak_kib, `${equal(awk)}; sorting ${awk.sort.toFixed(1)} s`)
	say(`${'bare sum of the bytes'.padEnd(28)}${pad(limit.toFixed(6), 9)}${pad((limit / ours.measures).toFixed(3), 8)}`)
	const names = Object.keys(answers[0].each)
	say('  each: ' + names.filter((x) => x !== 'both').join(', '))
	for (const a of answers)
		say(`  ${a.name.padEnd(26)} ` + names.filter((x) => x !== 'both').map((x) => a.each[x].toFixed(3)).join(' '))
}

// --------------------------------------------------------------------- main

function contest(o, folder) {
	const rows = makeRows(o, folder, CLIENTS)
	const rapsheet = loadRapsheet(o, folder, rows)
	const stores = loadPeers(o, folder, rows)
	const n = stores[0].n
	const wrong = []

	sayMachine(o, stores)
	say(`rows: world causal, ${n} events, ${Math.round(o.events / DAYS)} hosts, ${DAYS} days, ${CLIENTS} clients, ` +
		`seed ${SEED}; made in ${rows.made.seconds.toFixed(2)} s; medians of ${o.repeat}, warm\n`)
	sayStores(rapsheet, stores, n)
	for (const threads of THREADS) {
		const ours = askRapsheet(o, rapsheet.record, threads)
		const runs = readdirSync(rapsheet.record).filter((x) => x.endsWith('.run'))
		const limit = Number(run([program(o, 'bench/limit'), String(threads),
			...runs.map((x) => join(rapsheet.record, x))]).out.split(' ')[0])
		const answers = stores.map((x) => {
			const a = askPeer(o, folder, x, threads, ours.report)
			return { name: x.name, ...a, check: checkAll(a.rows, ours.report, rows.names) }
		})
		let awk = null
		if (n <= AWK_MOST && threads === 2) {
			awk = askAwk(o, folder, rows, threads)
			awk.check = checkBoth(awk.rows, ours.report)
		}
		sayAnswers(threads, ours, answers, awk, limit)
		for (const a of awk === null ? answers : [...answers, { name: 'sort | awk', ...awk }])
			wrong.push(...a.check.wrong.map((x) => `${a.name}: ${x}`))
	}
	return wrong
}

// Clients drawn from as many as a provider has: bytes alone
function manyClients(o, folder) {
	const rows = makeRows(o, folder, MANY_CLIENTS)
	const rapsheet = loadRapsheet(o, folder, rows)
	const stores = loadPeers(o, folder, rows)

	say(`\nthe same with ${MANY_CLIENTS} clients`)
	sayStores(rapsheet, stores, stores[0].n)
}

function inFolder(o, f) {
	const folder = mkdtempSync(join(o.folder, 'rapsheet-peers-'))
	try {
		return f(o, folder)
	} finally {
		rmSync(folder, { recursive: true, force: true })
	}
}

const o = options()
const wrong = inFolder(o, contest)
inFolder(o, manyClients)
for (const text of wrong.slice(0, 20)) say(`NOT EQUAL: ${text}`)
process.exitCode = wrong.length > 0 ? 1 : 0
