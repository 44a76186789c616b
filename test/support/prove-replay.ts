import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connectEngine } from '../../cli/connect-engine.ts';
import { findDeployment } from '../../cli/deployment.ts';
import type { QueryEngine } from '../../cli/query-engine.ts';
import { createReplayProgram } from '../../cli/replay-program.ts';
import { eventStream } from '../../generator/event-stream.ts';
import { generatorDefaults } from '../../generator/options.ts';
import { createStreamSender } from '../../generator/put-straight-to-stream.ts';
import { createTruthRecorder } from '../../generator/truth-recorder.ts';
import { parseQuery } from '../../lib/queries/read-query.ts';
import type { Endpoints } from '../../local/runtime.ts';
import { createRoleToken } from './admin-client.ts';
import { callWithToken } from './reports-client.ts';
import { runPipeline, type RunningPipeline } from './running-pipeline.ts';
import { runWorkflow } from './run-workflow.ts';
import { flush } from './send-events.ts';

export interface ReplayProof {
  /** Events that are rejected at first, a third for each cause. */
  readonly rejected: number;
  /** Assembly of another mode than the usual one. */
  readonly assemblyDir?: string;
  readonly print?: (line: string) => void;
}

/** What a proof found; every list of differences is to be empty. */
export interface ReplayFindings {
  /** Rejected events by reason, before anything was replayed. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Reports that were compared, but for those of rejects. */
  readonly compared: readonly string[];
  /** Reports without a row, which compare nothing. */
  readonly empty: readonly string[];
  /** Reports that differ from those of the run in which the events were right at once. */
  readonly different: readonly string[];
  /** The same before the replay, to see that the comparison can tell. */
  readonly differentBefore: readonly string[];
  /** What the report of rejects says after the replay: arrivals, and those that were replayed. */
  readonly marked: { readonly events: number; readonly replayed: number };
  /** What the command says when it is run again, and again without its file of progress. */
  readonly again: readonly string[];
  /** Reports that differ after all was sent once more by force; those of rejects are among the compared. */
  readonly differentAfterForce: readonly string[];
  /** Events that the lake was given twice. */
  readonly sentTwice: number;
}

const reportsOfRejects = new Set([
  'rejected-events-by-reason',
  'rejected-events-by-version',
  'rejected-share-per-day',
  'studio-data-quality',
  'studio-rejected-share',
]);

const games = ['replayed-one', 'replayed-two', 'replayed-late'] as const;
const lateGame = 'replayed-late';
const day = 86_400_000;

/**
 * Sends the same events to two pipelines: to the one as they should be, to the other with a number of them spoiled in three
 * ways. Repairs and replays those, killed in the middle, and compares every report of the two.
 */
export async function proveReplay({ rejected, assemblyDir, print = () => {} }: ReplayProof): Promise<ReplayFindings> {
  const now = Math.floor(Date.now() / 1_000) * 1_000;
  const sent = spoil(rejected, now - day);
  print(`${sent.right.length} requests with ${sent.events} events, ${rejected} of them spoiled`);
  const options = assemblyDir === undefined ? {} : { assemblyDir };
  const [right, wrong] = await Promise.all([runPipeline(options), runPipeline(options)]);
  const values = (name: string) => reportValues(name, now);
  try {
    const [expected, before] = await Promise.all([
      (async () => {
        await openAccounts(right.endpoints, games, sent.players, now);
        await deliver(right.endpoints, sent.right);
        return allReports(right.endpoints, values);
      })(),
      (async () => {
        await openAccounts(wrong.endpoints, games.slice(0, 2), [], now);
        await deliver(wrong.endpoints, sent.wrong);
        return allReports(wrong.endpoints, values);
      })(),
    ]);
    print(`${expected.size} reports of the run that was right at once, and of the other`);
    await openAccounts(wrong.endpoints, games, sent.players, now);

    const fix = join(wrong.dataDir, 'fix.jsonata');
    writeFileSync(fix, repair);
    await killReplay(wrong, fix);
    print(await replay(wrong, fix, ['--send', '--yes']));
    await deliver(wrong.endpoints, []);
    const after = await allReports(wrong.endpoints, values);
    const others = [...expected.keys()].filter((name) => !reportsOfRejects.has(name));
    print(`reports that differ from the right run: ${differences(expected, after, others).join(', ') || 'none'}`);

    const again = [await replay(wrong, fix, ['--send', '--yes'])];
    rmSync(progressOf(wrong));
    again.push(await replay(wrong, fix, ['--send', '--yes']));
    print(await replay(wrong, fix, ['--send', '--yes', '--again']));
    await deliver(wrong.endpoints, []);
    const forced = await allReports(wrong.endpoints, values);
    return {
      rejected: countBy(before.get('rejected-events-by-reason') ?? [], 'reason', 'events'),
      compared: others,
      empty: others.filter((name) => expected.get(name)?.length === 0),
      different: differences(expected, after, others),
      differentBefore: differences(expected, before, others),
      marked: {
        events: sum(after.get('rejected-events-by-reason') ?? [], 'events'),
        replayed: sum(after.get('rejected-events-by-reason') ?? [], 'replayed'),
      },
      again: again.map(lastLine),
      differentAfterForce: differences(after, forced, [...after.keys()]),
      sentTwice: await sentTwice(wrong.endpoints),
    };
  } finally {
    await right.remove();
    await wrong.remove();
  }
}

type Row = Readonly<Record<string, string | null | undefined>>;
type Reports = ReadonlyMap<string, readonly Row[]>;

interface Sent {
  /** Packed requests as they should be, and as they are sent at first. */
  readonly right: readonly string[];
  readonly wrong: readonly string[];
  readonly events: number;
  readonly players: readonly string[];
}

/** Events of the generator until enough of them are spoiled, in requests of one game and country. */
function spoil(wanted: number, end: number): Sent {
  const options = { ...generatorDefaults, seed: 'replay', games: games.length, end, malformed: 0, events: 1_000_000 };
  const recorder = createTruthRecorder(games.map((applicationId) => ({ applicationId, name: applicationId })));
  const share = Math.ceil(wanted / 3);
  const left = { schema_mismatch: share, invalid_timestamp: share, unregistered_application: wanted - 2 * share };
  const packer = createPacker(end);
  const players = new Set<string>();
  let events = 0;
  for (const { game, country, json } of eventStream(options, games, recorder)) {
    const application = games[game ?? 0]!;
    const event = JSON.parse(json) as Readonly<Record<string, unknown>>;
    const isLate = application === lateGame;
    if (isLate && left.unregistered_application === 0) continue;
    if (isLate) left.unregistered_application -= 1;
    const spoiled = isLate ? event : spoilEvent(event, left);
    packer.add(`${application}/${country}`, json, JSON.stringify(spoiled));
    if (typeof event['player_id'] === 'string') players.add(event['player_id']);
    events += 1;
    if (Object.values(left).every((count) => count === 0)) break;
  }
  return { ...packer.finish(), events, players: [...players] };
}

/** Breaks one rule in a way that the repair can undo; as many events go on unharmed. */
function spoilEvent(
  event: Readonly<Record<string, unknown>>,
  left: { schema_mismatch: number; invalid_timestamp: number },
): object {
  const data = event['event_data'] as Readonly<Record<string, unknown>> | undefined;
  const hash = String(event['event_id']).charCodeAt(2) % 2;
  if (hash === 0 && data?.['level_id'] !== undefined && left.schema_mismatch > 0) {
    left.schema_mismatch -= 1;
    return { ...event, event_data: { ...data, level_id: { number: data['level_id'] } } };
  }
  if (hash === 0 && data?.['level_id'] === undefined && left.invalid_timestamp > 0) {
    left.invalid_timestamp -= 1;
    return { ...event, event_timestamp: `at ${String(event['event_timestamp'])}` };
  }
  return event;
}

const repair = `
  $reason = 'schema_mismatch' ? $ ~> | event_data | { "level_id": level_id.number } | :
  $reason = 'invalid_timestamp' ? $ ~> | $ | { "event_timestamp": $number($substringAfter(event_timestamp, 'at ')) } | :
  $
`;

const perRequest = 40;

/** Requests with the stamps that the gateway would have given them, a second apart. */
function createPacker(from: number) {
  const open = new Map<string, { right: string[]; wrong: string[] }>();
  const packed = { right: [] as string[], wrong: [] as string[] };
  const close = (name: string) => {
    const [applicationId, country] = name.split('/');
    const request = open.get(name)!;
    open.delete(name);
    const at = packed.right.length;
    const stamps = {
      application_id: applicationId,
      api_key_id: 'a-key',
      role: 'game',
      request_id: `request-${at}`,
      received_at: from + (at % 80_000) * 1_000,
      country,
    };
    const text = (events: readonly string[]) =>
      `${JSON.stringify(stamps).slice(0, -1)},"events":[${events.join(',')}]}`;
    packed.right.push(text(request.right));
    packed.wrong.push(text(request.wrong));
  };
  return {
    add(name: string, right: string, wrong: string) {
      const request = open.get(name) ?? { right: [], wrong: [] };
      open.set(name, request);
      request.right.push(right);
      request.wrong.push(wrong);
      if (request.right.length === perRequest) close(name);
    },
    finish() {
      for (const name of open.keys()) close(name);
      return packed;
    },
  };
}

const studioOf = (game: string): string => (game === games[0] ? 'studio-one' : 'studio-two');

/** Studios with their games, and accounts of players who are registered for all of them; the same whenever it is sent. */
async function openAccounts(
  endpoints: Endpoints,
  published: readonly string[],
  players: readonly string[],
  now: number,
): Promise<void> {
  const token = await createRoleToken(endpoints);
  const at = (daysAgo: number): string => new Date(now - daysAgo * day).toISOString();
  const send = async (path: string, body: readonly object[]): Promise<void> => {
    if (body.length === 0) return;
    const { status, text } = await callWithToken(endpoints, token, 'POST', path, { body });
    if (status !== 200) throw new Error(`${path} was answered ${status}: ${text}`);
  };
  for (const studio of new Set(published.map(studioOf))) {
    const own = published.filter((game) => studioOf(game) === studio);
    await send('/studio-ingest', [
      {
        studio_id: studio,
        name: `The ${studio}`,
        location: 'Lisbon',
        games: own.map((game_id) => ({ game_id, name: `The ${game_id}`, category: 'puzzle' })),
      },
    ]);
  }
  const accounts = players.slice(0, 60).map((player_id, index) => ({
    player_id,
    user_id: `${player_id}@example.com`,
    player_name: `Name of ${player_id}`,
    country: ['DE', 'FR', 'IT'][index % 3],
    account_start_at: at(300 - index),
    games: games.map((game_id) => ({ game_id, subscription_start_at: at(200 - index) })),
    close_account: index % 3 === 0 ? true : undefined,
    account_end_at: index % 3 === 0 ? at(100) : undefined,
  }));
  await send('/player-ingest', accounts);
}

/** Puts requests straight into the stream, as an IAM writer may, and takes them into the tables. */
async function deliver(endpoints: Endpoints, requests: readonly string[]): Promise<void> {
  const { stream } = findDeployment({ endpoints: join(dataDirOf(endpoints), 'endpoints.json') });
  const sender = createStreamSender(stream!);
  try {
    await sender.put(requests, 60);
  } finally {
    sender.close();
  }
  await flush(endpoints);
  await runWorkflow(endpoints);
}

/** The lake of a data directory is its folder `s3/<bucket>`. */
const dataDirOf = ({ bucketPath }: Endpoints): string => join(bucketPath, '../..');

/** A period that holds all events, and the two studios. */
function reportValues(name: string, now: number): Readonly<Record<string, string>> {
  const date = (daysFromNow: number): string => new Date(now + daysFromNow * day).toISOString().slice(0, 10);
  return {
    from_date: date(-40),
    to_date: date(0),
    as_of_date: date(0),
    at: new Date(now).toISOString().slice(0, 19).replace('T', ' '),
    studio_id: 'studio-two',
    ...(name === 'title-popularity' && { from_date: date(-300) }),
  };
}

/** The rows of every report that the engine has, by report. */
async function allReports(
  endpoints: Endpoints,
  valuesOf: (name: string) => Readonly<Record<string, string>>,
): Promise<Reports> {
  const engine = connect(endpoints);
  try {
    const reports = new Map<string, readonly Row[]>();
    for (const saved of await engine.savedQueries()) {
      const wanted = new Set(parseQuery(saved.name, saved.text).parameters.map(({ name }) => name));
      const given = Object.entries(valuesOf(saved.name)).filter(([name]) => wanted.has(name));
      const { columns, rows } = await engine.runSaved(saved, Object.fromEntries(given));
      reports.set(
        saved.name,
        rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]]))),
      );
    }
    return reports;
  } finally {
    engine.close();
  }
}

const connect = (endpoints: Endpoints): QueryEngine =>
  connectEngine(findDeployment({ endpoints: join(dataDirOf(endpoints), 'endpoints.json') }));

function differences(expected: Reports, found: Reports, names: readonly string[]): string[] {
  return names.filter((name) => JSON.stringify(expected.get(name)) !== JSON.stringify(found.get(name)));
}

const progressOf = ({ dataDir, endpoints }: RunningPipeline): string =>
  join(dataDir, `replayed.${endpoints.bucket}.txt`);

const endpointsOf = ({ dataDir }: RunningPipeline): string => join(dataDir, 'endpoints.json');

/** Runs the command as people do, in this process; gives all that it prints. */
async function replay(pipeline: RunningPipeline, fix: string, more: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const program = createReplayProgram({ ask: async () => false, print: (line) => void lines.push(line) });
  const words = ['--endpoints', endpointsOf(pipeline), '--from', 'rejected', '--fix', fix, '--samples', '0', ...more];
  await program.parseAsync(words, { from: 'user' });
  return lines.join('\n');
}

/** Runs the command as a process, and kills it as soon as it has noted that something was sent. */
async function killReplay(pipeline: RunningPipeline, fix: string): Promise<void> {
  const words = ['--endpoints', endpointsOf(pipeline), '--from', 'rejected', '--fix', fix, '--send', '--yes'];
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/replay.ts', ...words], { stdio: 'ignore' });
  const closed = once(child, 'close');
  const isNoted = () => (statSync(progressOf(pipeline), { throwIfNoEntry: false })?.size ?? 0) > 0;
  while (!isNoted() && child.exitCode === null) await wait(2);
  child.kill('SIGKILL');
  await closed;
  if (!isNoted()) throw new Error('the replay that was to be killed sent nothing');
  // Half of a line is what a kill may leave.
  const text = readFileSync(progressOf(pipeline), 'utf8');
  writeFileSync(progressOf(pipeline), `${text}${randomUUID()}`);
}

const lastLine = (text: string): string => text.split('\n').at(-1) ?? '';

const sum = (rows: readonly Row[], column: string): number =>
  rows.reduce((total, row) => total + Number(row[column]), 0);

function countBy(rows: readonly Row[], name: string, column: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[row[name] ?? ''] = (counts[row[name] ?? ''] ?? 0) + Number(row[column]);
  return counts;
}

async function sentTwice(endpoints: Endpoints): Promise<number> {
  const engine = connectEngine(findDeployment({ endpoints: join(dataDirOf(endpoints), 'endpoints.json') }), true);
  try {
    const { rows } = await engine.run('SELECT count(*) - count(DISTINCT replay_key) AS repeats FROM replayed_events');
    return Number(rows[0]?.[0]);
  } finally {
    engine.close();
  }
}
