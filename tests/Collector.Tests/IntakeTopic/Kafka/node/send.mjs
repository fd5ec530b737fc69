// Sends the messages of a JSON file ([{ value: base64 or null, key?, partition? }]) with kafkajs, in one batch: send.mjs BOOTSTRAP TOPIC FILE
import { readFileSync } from 'node:fs';
import kafkajs from 'kafkajs';

const [bootstrap, topic, file] = process.argv.slice(2);
const messages = JSON.parse(readFileSync(file, 'utf8')).map(({ value, key, partition }) => ({
  value: value === null ? null : Buffer.from(value, 'base64'), key, partition,
}));
const kafka = new kafkajs.Kafka({ clientId: 'intake-test', brokers: bootstrap.split(','), logLevel: kafkajs.logLevel.ERROR });
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner, maxInFlightRequests: 1 });
await producer.connect();
await producer.send({ topic, acks: -1, compression: kafkajs.CompressionTypes.GZIP, messages });
await producer.disconnect();
