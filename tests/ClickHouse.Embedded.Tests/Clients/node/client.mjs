// node client.mjs URL TABLE: what an application does with @clickhouse/client, against the embedded engine.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { createClient, TupleParam } from '@clickhouse/client'

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

// A parameter of every type, and what comes back of it.
const moment = new Date('2026-01-02T03:04:05.678Z')
const odd = 'tab\t line\n return\r \'quote\' "double" back\\slash \u00fc \u{1F600}'
const parameters = [
  ['UInt8', 255, 255], ['Int64', -9007199254740993n, '-9007199254740993'], ['UInt64', 18446744073709551615n, '18446744073709551615'],
  ['UInt256', 2n ** 256n - 1n, String(2n ** 256n - 1n)], ['Int128', -(2n ** 127n), String(-(2n ** 127n))],
  ['Float64', 1.5e-7, 1.5e-7], ['Decimal(38, 10)', '12345678901234567890.1234567891', 12345678901234567890.1234567891],
  ['Bool', true, true], ['Array(Bool)', [true, false], [true, false]],
  ['String', odd, odd], ['String', '', ''], ['Nullable(String)', null, null], ['Nullable(UInt8)', undefined, null], ['LowCardinality(String)', 'l', 'l'], ['FixedString(3)', 'abc', 'abc'],
  ['Array(String)', [odd, ''], [odd, '']], ['Array(Nullable(String))', ['a', null, 'NULL', '\\N'], ['a', null, 'NULL', '\\N']], ['Array(Array(Int32))', [[1, -2], []], [[1, -2], []]],
  ['Array(UInt64)', [1n, 2n], ['1', '2']], ['Map(String, UInt8)', { a: 1, "b'": 2 }, { a: 1, "b'": 2 }], ['Map(UInt8, Array(String))', new Map([[1, ['x']], [2, []]]), { 1: ['x'], 2: [] }],
  ['Tuple(UInt8, String, Nullable(String))', new TupleParam([42, odd, null]), [42, odd, null]], ['Array(Tuple(UInt8, String))', [new TupleParam([1, 'a'])], [[1, 'a']]],
  ["Enum8('a' = 1, 'b' = 2)", 'b', 'b'], ['UUID', '61f0c404-5cb3-11e7-907b-a6006ad3dba0', '61f0c404-5cb3-11e7-907b-a6006ad3dba0'], ['IPv4', '10.0.0.1', '10.0.0.1'], ['IPv6', '::1', '::1'],
  ['DateTime', moment, '2026-01-02 03:04:05'], ['Nullable(DateTime)', moment, '2026-01-02 03:04:05'], ["DateTime('Asia/Tokyo')", moment, '2026-01-02 12:04:05'],
  ['DateTime64(3)', moment, '2026-01-02 03:04:05.678'], ['DateTime64(6)', moment, '2026-01-02 03:04:05.678000'], ['DateTime64(3)', new Date(5), '1970-01-01 00:00:00.005'],
  ['Date', moment, '2026-01-02'], ['Date32', moment, '2026-01-02'], ['Array(Date)', [moment], ['2026-01-02']], ['Date', '2026-01-02', '2026-01-02'],
]
for (const [type, value, expected] of parameters) {
  const rows = await (await reader.query({ query: `SELECT {x: ${type}} AS x`, query_params: { x: value }, format: 'JSONEachRow' })).json()
  assert.deepEqual(rows[0].x, expected, type)
}
assert.equal((await (await reader.query({ query: 'SELECT count() AS c FROM {d: Identifier}.{t: Identifier}', query_params: { d: 'system', t: 'one' }, format: 'JSONEachRow' })).json())[0].c, '1')
await assert.rejects(reader.query({ query: 'SELECT {missing: UInt8}', query_params: { other: 1 } }), (e) => e.code === '456' && e.type === 'UNKNOWN_QUERY_PARAMETER')

// A number of JavaScript has 53 bits: ids keep all of theirs.
const ids = Array.from({ length: 200 }, () => randomBytes(8).readBigUInt64LE().toString())
await writer.command({ query: `CREATE TABLE ${table} (a UInt32, s String) ENGINE = MergeTree ORDER BY a` })
await writer.command({ query: `CREATE TABLE ${table}_ids (n UInt8, id UInt64) ENGINE = MergeTree ORDER BY n` })
await writer.insert({ table: `${table}_ids`, format: 'JSONEachRow', values: ids.map((id, n) => ({ n, id })) })
for (const format of ['JSON', 'JSONEachRow', 'JSONCompact', 'JSONCompactEachRow', 'JSONObjectEachRow']) {
  const all = await (await reader.query({ query: `SELECT id FROM ${table}_ids ORDER BY n`, format })).json()
  const rows = Array.isArray(all) ? all : all.data ?? Object.values(all)
  assert.deepEqual(rows.map((row) => (Array.isArray(row) ? row[0] : row.id)), ids, format)
}
for (const id of ids.slice(0, 5)) {
  const found = await (await reader.query({ query: `SELECT count() AS c FROM ${table}_ids WHERE id = {id: UInt64}`, query_params: { id }, format: 'JSONEachRow' })).json()
  assert.equal(found[0].c, '1')
}

// Statements that answer without being a SELECT.
const shown = await (await reader.query({ query: `SHOW TABLES LIKE '${table}'`, format: 'JSONEachRow' })).json()
assert.deepEqual(shown, [{ name: table }])
const described = await (await reader.query({ query: `DESCRIBE TABLE ${table}`, format: 'JSON' })).json()
assert.deepEqual(described.data.map((row) => [row.name, row.type]), [['a', 'UInt32'], ['s', 'String']])
assert.deepEqual(await (await reader.query({ query: `EXISTS TABLE ${table}`, format: 'JSONEachRow' })).json(), [{ result: 1 }])
assert.ok((await (await reader.query({ query: `EXPLAIN SELECT count() FROM ${table}`, format: 'JSONEachRow' })).json()).length > 0)
assert.match(await (await reader.query({ query: `SHOW CREATE TABLE ${table}`, format: 'TabSeparatedRaw' })).text(), /CREATE TABLE tidemark\./)

const inserted = await writer.insert({ table, format: 'JSONEachRow', values: Array.from({ length: 1000 }, (_, i) => ({ a: i, s: 's' + i })) })
assert.equal(inserted.summary.written_rows, '1000')
await writer.insert({ table, columns: ['s'], format: 'JSONCompactEachRow', values: [['only s']] })
await writer.insert({ table, format: 'CSV', values: Readable.from(['2000,"a, b"\n', '2001,c\n'], { objectMode: false }) })
await writer.command({ query: `INSERT INTO ${table} SELECT number + {from: UInt32}, {s: String} FROM numbers(3)`, query_params: { from: 3000, s: "it's" } })

let rows = 0
const stream = await writer.query({ query: `SELECT * FROM ${table}`, format: 'JSONEachRow' })
for await (const chunk of stream.stream()) rows += chunk.length
assert.equal(rows, 1006)
assert.equal((await (await reader.query({ query: `SELECT count() AS c FROM ${table}`, format: 'JSONCompact' })).json()).data[0][0], '1006')

// How far a long query is: as rows, and in headers.
let progress = 0
let last
const watched = await reader.query({ query: 'SELECT sum(sipHash64(number)) > 0 AS ok FROM numbers(20000000)', format: 'JSONEachRowWithProgress' })
for await (const lines of watched.stream()) {
  for (const line of lines) {
    const row = line.json()
    if (row.progress) progress = Number(row.progress.read_rows)
    if (row.row) last = row.row
  }
}
assert.deepEqual(last, { ok: 1 })
assert.equal(progress, 20000000)
const told = await reader.query({
  query: 'SELECT sleep(0.5) AS s', format: 'JSONEachRow',
  clickhouse_settings: { send_progress_in_http_headers: 1, http_headers_progress_interval_ms: '100', wait_end_of_query: 1 },
})
assert.match([told.response_headers['x-clickhouse-progress']].flat()[0], /read_rows/)
await told.text()

await assert.rejects(reader.query({ query: 'SELECT nope' }), (e) => e.code === '47' && e.type === 'UNKNOWN_IDENTIFIER')
await assert.rejects(reader.command({ query: `DROP TABLE ${table}` }), (e) => e.code === '164' && e.type === 'READONLY')
await assert.rejects(reader.query({ query: 'SELECT 1', role: 'nobody' }), (e) => e.code === '511')
await assert.rejects(createClient({ url, username: 'writer', password: 'wrong' }).query({ query: 'SELECT 1' }), (e) => e.code === '516')

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
await session.insert({ table: 'mine', format: 'TabSeparated', values: Readable.from(['1\n', '2\n'], { objectMode: false }) })
assert.equal(await (await session.query({ query: 'SELECT sum(a) FROM mine', format: 'TabSeparated' })).text(), '3\n')
await session.command({ query: 'SET max_block_size = 77' })
assert.deepEqual(await (await session.query({ query: "SELECT toString(getSetting('max_block_size')) AS n", format: 'JSONEachRow' })).json(), [{ n: '77' }])

// A query whose client has gone is gone: before its first row, and in the middle of a stream.
const running = async (mark) =>
  Number((await (await reader.query({
    query: "SELECT count() AS c FROM system.processes WHERE position(query, {m: String}) > 0 AND position(query, 'system.processes') = 0", query_params: { m: mark }, format: 'JSONEachRow',
  })).json())[0].c)
for (const format of ['JSON', 'JSONEachRow']) {
  const mark = table + format
  const abort = new AbortController()
  const slow = reader.query({ query: `SELECT '${mark}', sleepEachRow(0.1) FROM numbers(3000) SETTINGS max_block_size = 1`, abort_signal: abort.signal, format })
  const refused = assert.rejects(slow, /abort/)
  while ((await running(mark)) === 0);
  abort.abort()
  await refused
  while ((await running(mark)) > 0);
}
const left = await reader.query({ query: `SELECT '${table}left', repeat('x', 10000), sleepEachRow(0.01) FROM numbers(30000) SETTINGS max_block_size = 10`, format: 'JSONEachRow' })
for await (const chunk of left.stream()) {
  assert.ok(chunk.length > 0)
  break
}
left.close()
while ((await running(table + 'left')) > 0);

await Promise.all([reader.close(), writer.close(), session.close()])
