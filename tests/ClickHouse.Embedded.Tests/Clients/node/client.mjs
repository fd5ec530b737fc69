// node client.mjs URL TABLE: what an application does with @clickhouse/client, against the embedded engine.
import assert from 'node:assert/strict'
import { createClient } from '@clickhouse/client'

const [url, table] = process.argv.slice(2)
const reader = createClient({ url, username: 'reader', database: 'tidemark' })
const writer = createClient({ url, username: 'writer', password: process.env.CLICKHOUSE_PASSWORD, database: 'tidemark', compression: { request: true, response: true } })

assert.equal((await reader.ping()).success, true)

const answer = await reader.query({
  query: 'SELECT {n: UInt32} AS n, {s: String} AS s, {a: Array(String)} AS a, {t: DateTime} AS t',
  query_params: { n: 5, s: "it's\ta\n\\", a: ['x', "y'"], t: new Date('2026-01-02T03:04:05Z') },
  format: 'JSON',
})
const json = await answer.json()
assert.deepEqual(json.data, [{ n: 5, s: "it's\ta\n\\", a: ['x', "y'"], t: '2026-01-02 03:04:05' }])
assert.equal(json.rows, 1)
assert.match(answer.query_id, /^[0-9a-f-]{36}$/)

await writer.command({ query: `CREATE TABLE ${table} (a UInt32, s String) ENGINE = MergeTree ORDER BY a` })
const inserted = await writer.insert({ table, format: 'JSONEachRow', values: Array.from({ length: 1000 }, (_, i) => ({ a: i, s: 's' + i })) })
assert.equal(inserted.summary.written_rows, '1000')
await writer.insert({ table, columns: ['s'], format: 'JSONCompactEachRow', values: [['only s']] })

let rows = 0
const stream = await writer.query({ query: `SELECT * FROM ${table}`, format: 'JSONEachRow' })
for await (const chunk of stream.stream()) rows += chunk.length
assert.equal(rows, 1001)
assert.equal((await (await reader.query({ query: `SELECT count() AS c FROM ${table}`, format: 'JSONCompact' })).json()).data[0][0], 1001)

await assert.rejects(reader.query({ query: 'SELECT nope' }), (e) => e.code === '47' && e.type === 'UNKNOWN_IDENTIFIER')
await assert.rejects(reader.command({ query: `DROP TABLE ${table}` }), (e) => e.code === '164' && e.type === 'READONLY')

// An error after the first rows comes through the stream.
await assert.rejects(async () => {
  const broken = await reader.query({
    query: "SELECT repeat('x', 1000) AS s, throwIf(number = 5000, 'tripped') AS t FROM numbers(10000)",
    format: 'JSONEachRow', clickhouse_settings: { max_block_size: '500', max_threads: 1 },
  })
  for await (const chunk of broken.stream()) chunk.length
}, /tripped/)

const session = createClient({ url, username: 'reader', session_id: table })
await session.command({ query: 'CREATE TEMPORARY TABLE mine (a UInt8)' })
await session.insert({ table: 'mine', format: 'TabSeparated', values: (await import('node:stream')).Readable.from(['1\n', '2\n'], { objectMode: false }) })
assert.equal(await (await session.query({ query: 'SELECT sum(a) FROM mine', format: 'TabSeparated' })).text(), '3\n')

const abort = new AbortController()
const slow = reader.query({ query: 'SELECT sleepEachRow(0.1) FROM numbers(100) SETTINGS max_block_size = 1', abort_signal: abort.signal })
setTimeout(() => abort.abort(), 200)
await assert.rejects(slow, /abort/)

await Promise.all([reader.close(), writer.close(), session.close()])
