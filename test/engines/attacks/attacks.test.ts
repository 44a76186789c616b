import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken } from '../../../business-logic/shared/token.ts';
import { aStudio } from '../../support/a-studio.ts';
import { createRoleToken, registerGame } from '../../support/admin-client.ts';
import { askAthena } from '../../support/athena-client.ts';
import { rawHttp } from '../../support/raw-http.ts';
import { runPipeline, type RunningPipeline } from '../../support/running-pipeline.ts';
import { runWorkflow } from '../../support/run-workflow.ts';
import { flush, postBody, postEvents } from '../../support/send-events.ts';
import { adminBodies } from './admin-bodies.ts';
import { anEvent, eventsHead, noEvents, type Attack, type Tried, type World } from './attack.ts';
import { awsCalls } from './aws-calls.ts';
import { headers } from './headers.ts';
import { origins } from './origins.ts';
import { paths } from './paths.ts';
import { reports } from './reports.ts';
import { signatures } from './signatures.ts';
import { smuggling } from './smuggling.ts';
import { alphabet, tokens, withChecksum } from './tokens.ts';

const areas: Readonly<Record<string, readonly Attack[]>> = {
  tokens,
  paths,
  headers,
  'request smuggling': smuggling,
  signatures,
  "reports' parameters": reports,
  'admin bodies': adminBodies,
  'foreign pages': origins,
  'AWS protocols': awsCalls,
};

/** What the second studio's data holds, and secrets that no answer may show. */
const foreign = /bravo[ @-](?:works|town|kind|player|example)|7771\.25|root:x:0|"admin":/;

let pipeline: RunningPipeline;
let world: World;
let before: State;

beforeAll(async () => {
  pipeline = await runPipeline();
  const { endpoints, dataDir } = pipeline;
  const publisher = await createRoleToken(endpoints);
  const own = await aStudio(endpoints, publisher, 'alpha', { players: 1, amount: 1.5, currency: 'EUR', country: 'NO' });
  const other = await aStudio(endpoints, publisher, 'bravo', {
    players: 2,
    amount: 7771.25,
    currency: 'XTS',
    country: 'BV',
  });
  const game = await registerGame(endpoints, 'a game');
  const otherGame = await registerGame(endpoints, 'another game');
  // What the first use of a token writes down has to be there before.
  for (const one of [game, otherGame]) await postEvents(endpoints, one, [anEvent()]);
  await flush(endpoints);
  await runWorkflow(endpoints);
  const tables = await tableNames();
  const authorizationsTable = tables.find((name) => /authorizations/i.test(name)) ?? '';
  const stage = new URL(endpoints.apiUrl).pathname;
  world = { endpoints, game, otherGame, own, other, publisher, stage, dataDir, authorizationsTable };
  before = await readState();
});

afterAll(() => pipeline?.remove());

const client = () => {
  const { awsUrl, region, accessKeyId, secretAccessKey } = pipeline.endpoints;
  return new DynamoDBClient({ endpoint: awsUrl, region, credentials: { accessKeyId, secretAccessKey } });
};

async function tableNames(): Promise<readonly string[]> {
  const dynamo = client();
  const { TableNames = [] } = await dynamo.send(new ListTablesCommand({}));
  dynamo.destroy();
  return TableNames.toSorted();
}

/** Everything that is kept: items of tables, objects of buckets, keys. */
interface State {
  readonly items: Readonly<Record<string, readonly unknown[]>>;
  readonly objects: readonly string[];
}

async function readState(): Promise<State> {
  const dynamo = client();
  const items: Record<string, readonly unknown[]> = {};
  for (const name of await tableNames()) {
    const found: unknown[] = [];
    const pages = paginateScan({ client: DynamoDBDocumentClient.from(dynamo) }, { TableName: name });
    for await (const { Items = [] } of pages) found.push(...Items);
    items[name] = found.map((item) => JSON.stringify(item)).toSorted();
  }
  dynamo.destroy();
  return { items, objects: await objectsOf(dirname(pipeline.endpoints.bucketPath)) };
}

/** Objects by name and content, but for what reading leaves behind: results of queries, and logs of accesses. */
async function objectsOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const kept = files.filter((path) => !/results|\/logs?\//.test(relative(folder, path)));
  const lines = kept.map(
    async (path) =>
      `${relative(folder, path)} ${createHash('sha256')
        .update(await readFile(path))
        .digest('hex')}`,
  );
  return (await Promise.all(lines)).toSorted();
}

const results: { readonly area: string; readonly name: string; readonly tried: Tried }[] = [];

describe.each(Object.entries(areas))('%s', (area, attacks) => {
  // Many of them wait for answers that must not come.
  it.concurrent.each(attacks)('$name', async ({ name, send, answer }) => {
    const tried = await send(world);
    results.push({ area, name, tried });
    const isExpected = typeof answer === 'string' ? tried.answer === answer : answer.test(tried.answer);
    expect({ answer: tried.answer, isExpected }).toEqual({ answer: tried.answer, isExpected: true });
    expect(tried.text).not.toMatch(foreign);
  });
});

describe('all of them', () => {
  it('are forty tries and more, of which none has changed anything', async () => {
    // The table that is wanted of this: each try and the answer it got.
    process.stdout.write(
      `${results.map(({ area, name, tried }) => `  ${area}: ${name} → ${tried.answer}`).join('\n')}\n`,
    );
    expect(results.length).toBeGreaterThan(40);
    await flush(pipeline.endpoints);
    expect(await readState()).toEqual(before);
  });

  it('leave the pipeline in health', async () => {
    expect((await fetch(new URL('/_local/health', pipeline.endpoints.apiUrl))).status).toBe(200);
    expect((await postBody(pipeline.endpoints, world.game, noEvents)).status).toBe(200);
  });
});

describe('what is smuggled in by a body of events', () => {
  const stamps = {
    application_id: '_accounts',
    request_id: 'mine',
    role: 'publisher',
    api_key_id: 'x',
    received_at: 1,
    country: 'XX',
  };
  const replay = { run: 'mine', source: 'rejected', at: 1, events: [{ position: 7, key: 'k', of: 'o' }] };
  const bodies: readonly (readonly [string, () => string])[] = [
    [
      'stamps beside the events',
      () => JSON.stringify({ ...stamps, replay, events: [anEvent({ event_name: 'beside' })] }),
    ],
    [
      'stamps behind the events',
      () => JSON.stringify({ events: [anEvent({ event_name: 'behind' })], ...stamps, replay }),
    ],
    [
      'stamps inside an event',
      () => JSON.stringify({ events: [anEvent({ event_name: 'inside', ...stamps, replay })] }),
    ],
    [
      'events within an event',
      () =>
        JSON.stringify({
          events: [anEvent({ event_name: 'within', events: [anEvent({ event_name: 'hidden' })], request_id: 'x' })],
        }),
    ],
    [
      'a text that closes the record',
      () =>
        JSON.stringify({ events: [anEvent({ event_name: '"}]}\n{"request_id":"x","role":"server","events":[{}]}' })] }),
    ],
    [
      '__proto__ with a role',
      () =>
        `{"__proto__":{"role":"server"},"events":[${JSON.stringify(anEvent({ event_name: 'proto' })).slice(0, -1)},"__proto__":{"role":"server"}}]}`,
    ],
    ['events twice', () => `{"events":[{}],"events":[${JSON.stringify(anEvent({ event_name: 'twice' }))}]}`],
    [
      'an account closed',
      () =>
        JSON.stringify({
          events: [anEvent({ event_name: 'closed', event_type: 'account_closed', player_id: 'bravo-player-1' })],
        }),
    ],
  ];

  it('is stored as what its sender sent, each event once', async () => {
    const { endpoints, game } = world;
    const statuses: number[] = [];
    const beforeRows = await askAthena(endpoints, 'SELECT count(*) AS n FROM raw_events');
    for (const [, body] of bodies) statuses.push((await postBody(endpoints, game, body())).status);
    // A country that is none, from a header that only CloudFront sets.
    const head = [...eventsHead(world), 'CloudFront-Viewer-Country: X","role":"server'];
    const event = JSON.stringify({ events: [anEvent({ event_name: 'country' })] });
    const { answers } = await rawHttp(
      endpoints.apiUrl,
      `${[...head, `Content-Length: ${event.length}`].join('\r\n')}\r\n\r\n${event}`,
    );
    expect([...statuses, answers[0]?.status]).toEqual([...bodies.map(() => 200), 200]);
    await flush(endpoints);
    const rows = await askAthena(
      endpoints,
      `SELECT application_id, json_extract_scalar(metadata, '$.role') AS role, json_extract_scalar(metadata, '$.api_key_id') AS key,
        replay, country, status, event_type
      FROM raw_events WHERE event_type IN ('attack', 'account_closed') AND application_id = '${game.applicationId}' AND event_name IS NOT NULL
        AND event_name <> 'attack'`,
    );
    expect(rows).toHaveLength(bodies.length + 1);
    for (const row of rows) {
      const wanted = {
        application_id: game.applicationId,
        role: 'game',
        key: game.apiKeyId,
        replay: null,
        country: null,
      };
      expect(row).toMatchObject({ ...wanted, status: row['event_type'] === 'attack' ? 'accepted' : 'rejected' });
    }
    const afterRows = await askAthena(endpoints, 'SELECT count(*) AS n FROM raw_events');
    expect(Number(afterRows[0]?.['n']) - Number(beforeRows[0]?.['n'])).toBe(bodies.length + 1);
  });
});

describe('the time of a refusal', () => {
  it('does not tell a secret that is nearly right from one that is not', async () => {
    const { endpoints, game } = world;
    // Each another one, and never the right one, which chance would find once in a while.
    const lastCharacters = [...alphabet].filter((character) => character !== game.token[64]).values();
    const near = () => withChecksum(`${game.token.slice(0, 64)}${lastCharacters.next().value}`);
    const far = () => withChecksum(`${game.token.slice(0, 25)}${createToken().token.slice(25, 65)}`);
    const times: Record<'near' | 'far', number[]> = { near: [], far: [] };
    // In turns, so that whatever else the machine does meets both.
    for (let round = 0; round < 40; round += 1) {
      for (const kind of round % 2 === 0 ? (['near', 'far'] as const) : (['far', 'near'] as const)) {
        const authorization = kind === 'near' ? near() : far();
        const startedAt = performance.now();
        const { status } = await postBody(endpoints, game, noEvents, { authorization });
        times[kind].push(performance.now() - startedAt);
        expect(status).toBe(403);
      }
    }
    const [nearly, not] = [quartiles(times.near), quartiles(times.far)];
    process.stdout.write(`  nearly right ${JSON.stringify(nearly)} ms, not right ${JSON.stringify(not)} ms\n`);
    // The medians differ by less than half of their own spread: digests are compared, in constant time.
    expect(Math.abs(nearly.median - not.median)).toBeLessThan(Math.max(nearly.spread, not.spread, 1));
  });
});

function quartiles(times: readonly number[]): { readonly median: number; readonly spread: number } {
  const sorted = times.toSorted((left, right) => left - right);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  return { median: Number(at(0.5).toFixed(3)), spread: Number((at(0.75) - at(0.25)).toFixed(3)) };
}
