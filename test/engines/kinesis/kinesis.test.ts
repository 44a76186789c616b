import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generate, type GeneratedGame } from '../../../generator/generate.ts';
import { generatorDefaults } from '../../../generator/options.ts';
import type { Endpoints } from '../../../local/runtime.ts';
import { aKinesisClient } from '../../support/a-kinesis-client.ts';
import { registerGame } from '../../support/admin-client.ts';
import { askAthena } from '../../support/athena-client.ts';
import { startChildPipeline, type ChildPipeline } from '../../support/child-pipeline.ts';
import { freePort } from '../../support/free-port.ts';
import { killRounds } from '../../support/kill-rounds.ts';
import { modeAssembly } from '../../support/mode-assembly.ts';
import { flush } from '../../support/send-events.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { followShards, type ShardReader } from './shard-reader.ts';

const events = 200_000;
const shardCount = 4;

let assemblyDir: string;

beforeAll(async () => {
  assemblyDir = await modeAssembly({
    INGEST_MODE: 'KINESIS_DATA_STREAMS',
    STREAM_PROVISIONED: true,
    STREAM_SHARD_COUNT: shardCount,
  });
});

afterAll(() => removeFolder(dirname(assemblyDir)));

describe(`${events} events over ${shardCount} shards, while who reads them is started anew`, () => {
  let folder: string;
  let pipeline: ChildPipeline;
  let reader: ShardReader;
  /** `application_id,event_id` of every event whose 200 was read. */
  let acknowledged: ReadonlySet<string>;

  beforeAll(async () => {
    folder = await temporaryFolder('kinesis');
    const ports = ['--port', String(await freePort()), '--aws-port', String(await freePort())];
    const start = () =>
      startChildPipeline(join(folder, 'data'), [...ports, '--flush-seconds', '2', '--assembly', assemblyDir]);
    pipeline = await start();
    const { endpoints } = pipeline;
    const client = aKinesisClient(endpoints);
    try {
      reader = await followShards(client, endpoints.kinesisStream ?? '');
      const acknowledgedFile = join(folder, 'acknowledged.csv');
      const sending = send(endpoints, acknowledgedFile, async (count) => {
        // Firehose's stand-in dies with the stream it reads, in the middle of what it does.
        if (count === events / 2) {
          await pipeline.end('SIGKILL');
          pipeline = await start();
        }
        if (count === events / 4 || count === (3 * events) / 4) await reader.restart();
      });
      await sending;
      await flush(pipeline.endpoints);
      await reader.finish();
      acknowledged = new Set(
        readFileSync(acknowledgedFile, 'utf8')
          .split('\n')
          .filter((line) => line !== ''),
      );
    } finally {
      client.destroy();
    }
  }, 600_000);

  afterAll(async () => {
    await pipeline?.end('SIGTERM');
    await removeFolder(folder);
  });

  it('loses none on the way through Firehose into the lake', async () => {
    expect(acknowledged.size).toBeGreaterThan(events * 0.9);
    const rows = await askAthena(
      pipeline.endpoints,
      "SELECT DISTINCT application_id || ',' || event_id AS event FROM raw_events WHERE event_id IS NOT NULL",
    );
    const stored = new Set(rows.map(({ event }) => String(event)));
    expect([...acknowledged].filter((event) => !stored.has(event))).toEqual([]);
  });

  it('loses none for a reader of the shards that went on from its checkpoints', () => {
    const read = [...reader.shards.values()];
    const wasRead = (event: string) => read.some(({ eventIds }) => eventIds.has(event.split(',')[1] ?? ''));
    expect([...acknowledged].filter((event) => !wasRead(event))).toEqual([]);
  });

  it('takes a share of them in each shard, in the order of its sequence numbers, each once', () => {
    expect(reader.shards.size).toBe(shardCount);
    for (const { sequenceNumbers, eventIds } of reader.shards.values()) {
      expect(eventIds.size).toBeGreaterThan(acknowledged.size / shardCount / 2);
      expect(sequenceNumbers.every((one, i) => i === 0 || one > sequenceNumbers[i - 1]!)).toBe(true);
    }
  });
});

describe('an acknowledged event in a Kinesis stream', () => {
  it('outlives a kill -9 at random moments, also one while the pipeline starts again', async () => {
    const outcome = await killRounds({ rounds: 3, seed: 20261121, assemblyDir });
    expect(outcome.lost).toEqual([]);
    expect(outcome.rounds.every((round) => round.acknowledged > 0 && round.interrupted > 0)).toBe(true);
  });
});

/** Sends all events; tells each quarter of them once, and goes on meanwhile. */
async function send(endpoints: Endpoints, acknowledgedFile: string, onQuarter: (count: number) => Promise<void>) {
  const games: GeneratedGame[] = [];
  for (const name of ['one', 'two']) games.push({ name, ...(await registerGame(endpoints, name)) });
  let acknowledged = 0;
  let quarters = 0;
  const told: Promise<void>[] = [];
  await generate(
    { ...generatorDefaults, seed: 'kinesis', games: games.length, events, end: Date.now(), giveUpSeconds: 300 },
    { apiUrl: endpoints.apiUrl, games },
    {
      acknowledgedFile,
      onAcknowledged(count) {
        acknowledged += count;
        while (quarters < 3 && acknowledged >= ((quarters + 1) * events) / 4) {
          quarters += 1;
          told.push(onQuarter((quarters * events) / 4));
        }
      },
    },
  );
  await Promise.all(told);
}
