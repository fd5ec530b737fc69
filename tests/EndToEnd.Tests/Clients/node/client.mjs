// What an application does with ClickHouse's own client: ping, typed parameters, rows, a stream, compression, an error. Prints one JSON line.
import { createClient } from '@clickhouse/client';

const client = createClient({
  url: process.argv[2], username: 'reader', database: 'tidemark',
  compression: { response: true, request: true }, clickhouse_settings: { max_block_size: '1000' },
});
const said = {};
said.ping = (await client.ping()).success;
said.parameters = await (await client.query({
  query: 'SELECT {s:String} AS s, {n:UInt32} + 1 AS n, {a:Array(String)} AS a', format: 'JSONEachRow',
  query_params: { s: "it's\ta \\ tab", n: 41, a: ["x'y", 'z'] },
})).json();
let rows = 0;
for await (const batch of (await client.query({ query: 'SELECT number FROM numbers(50000)', format: 'JSONEachRow' })).stream()) rows += batch.length;
said.rows = rows;
said.events = (await (await client.query({ query: 'SELECT count() AS n FROM events', format: 'JSON' })).json()).data.length;
try {
  await client.query({ query: 'SELECT * FROM no_such_table' });
} catch (error) {
  said.code = error.code;
}
try {
  await client.command({ query: 'DROP TABLE events' });
} catch (error) {
  said.refused = error.code;
}
await client.close();
console.log(JSON.stringify(said));
