import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DescribeExecutionCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runMachine, type MachineOutcome } from '../../../cli/warehouse/run-machine.ts';
import { warehouseSetupKey } from '../../../lib/constructs/lake-folders.ts';
import { callAdmin, registerGame, type Game } from '../../support/admin-client.ts';
import { freePort } from '../../support/free-port.ts';
import { modeAssembly } from '../../support/mode-assembly.ts';
import { runPipeline, type RunningPipeline } from '../../support/running-pipeline.ts';
import { aSentEvent, flush, postEvents } from '../../support/send-events.ts';
import { editedAssembly, setAt } from '../../support/template-edit.ts';
import { removeFolder } from '../../support/temporary-folder.ts';
import { openGate, type Gate, type Verdict } from './gate.ts';
import { loadedPipeline, type LoadedPipeline } from './loaded-pipeline.ts';

const batchCall = 'RedshiftData.BatchExecuteStatement';
const describeCall = 'RedshiftData.DescribeStatement';

let gate: Gate;
let pipeline: RunningPipeline;
let warehouse: LoadedPipeline;
let game: Game;
let assemblyDir: string;
/** Ids of every event that was acknowledged. */
const sent = new Set<string>();

beforeAll(async () => {
  gate = await openGate();
  // The first setup goes through the gate as well, while the pipeline starts.
  const awsPort = await freePort();
  gate.leadTo(`http://127.0.0.1:${awsPort}`);
  const plain = await modeAssembly({ DATA_STACK: 'REDSHIFT' });
  assemblyDir = await editedAssembly(plain, (assembly) => {
    for (const variable of ['WAREHOUSE_QUEUE_URL', 'REDSHIFT_USAGE_LIMIT_RPU_HOURS']) {
      const { Properties } = assembly.functionWith(variable);
      setAt(Properties, ['Environment', 'Variables', 'AWS_ENDPOINT_URL_REDSHIFT_DATA'], gate.url);
    }
  });
  await removeFolder(dirname(plain));
  pipeline = await runPipeline({ assemblyDir, awsPort });
  warehouse = loadedPipeline(pipeline.endpoints);
  game = await registerGame(pipeline.endpoints, 'loaded');
});

beforeEach(() => {
  gate.isShut = false;
  gate.judge = undefined;
});

afterAll(async () => {
  warehouse?.close();
  await pipeline?.remove();
  await gate?.close();
  await removeFolder(assemblyDir);
});

/** Sends events and has them delivered as a file of their own; answers its key. */
async function arrive(events: readonly Record<string, unknown>[]): Promise<string> {
  const before = new Set(await warehouse.rawObjects());
  expect((await postEvents(pipeline.endpoints, game, events)).status).toBe(200);
  for (const { event_id } of events) sent.add(String(event_id));
  await flush(pipeline.endpoints);
  const [key, ...more] = (await warehouse.rawObjects()).filter((one) => !before.has(one));
  expect(more).toEqual([]);
  await expect.poll(async () => (await warehouse.waiting()).waiting).toBeGreaterThan(0);
  return key!;
}

const someEvents = () => Array.from({ length: 20 }, () => aSentEvent());

const load = (): Promise<MachineOutcome> => runMachine(warehouse.machines, warehouse.loadMachine);

/** Ids of the warehouse's events, in order: one that stands there twice is there twice. */
const loadedIds = async (): Promise<readonly string[]> =>
  (await warehouse.database.query('SELECT event_id FROM public.events ORDER BY event_id')).map(([id]) => id!);

async function expectAllLoadedOnce(): Promise<void> {
  expect(await loadedIds()).toEqual([...sent].toSorted());
  expect(await warehouse.waiting()).toEqual({ waiting: 0, inFlight: 0 });
}

describe('a load', () => {
  it('takes each file once, however often and in whichever order it is told of, and gives up a poisonous one', async () => {
    const again = aSentEvent();
    const first = await arrive([...someEvents(), again]);
    const second = await arrive([...someEvents(), again]);
    const rejected = aSentEvent({ event_timestamp: 'yesterday' });
    expect((await postEvents(pipeline.endpoints, game, [rejected])).status).toBe(200);
    const third = await arrive(someEvents());
    const day = /ingest_date=[^/]+/.exec(first)![0];
    await warehouse.putObject(`raw_events/${day}/poison.parquet`, 'PAR1 this is no Parquet PAR1');
    for (const key of [third, first, second, first]) await warehouse.notify(key);
    await warehouse.notify(`raw_events/${day}/was-never-there.parquet`);

    expect(await load()).toMatchObject({ status: 'SUCCEEDED' });

    await expectAllLoadedOnce();
    const letters = await warehouse.deadLetters();
    expect(letters.map(({ file }) => file).toSorted()).toEqual([
      `raw_events/${day}/poison.parquet`,
      `raw_events/${day}/was-never-there.parquet`,
    ]);
    for (const { error } of letters) expect(error).toMatch(/\w+ \w+/);
    const rows = await warehouse.database.query('SELECT event_id FROM public.rejected_events');
    expect(rows).toEqual([[rejected.event_id]]);
  });

  it('finds nothing to do without asking the warehouse', async () => {
    const calls: string[] = [];
    gate.judge = (target) => {
      calls.push(target);
      return 'pass';
    };
    expect(await load()).toMatchObject({ status: 'SUCCEEDED' });
    expect(calls).toEqual([]);
  });

  it('fails while the warehouse is away, gives no file up for it, and takes all when it is back', async () => {
    const letters = (await warehouse.deadLetters()).length;
    await arrive(someEvents());
    gate.isShut = true;
    for (let run = 0; run < 2; run += 1) expect(await load()).toMatchObject({ status: 'FAILED' });
    // Nothing was taken from the queue: it need not come back.
    expect(await warehouse.waiting()).toEqual({ waiting: 1, inFlight: 0 });

    gate.isShut = false;
    // It goes away when the files are taken.
    gate.judge = (target) => {
      gate.isShut ||= target === batchCall;
      return gate.isShut ? 'drop' : 'pass';
    };
    expect(await load()).toMatchObject({ status: 'FAILED' });

    gate.isShut = false;
    gate.judge = undefined;
    await arrive(someEvents());
    expect(await load()).toMatchObject({ status: 'SUCCEEDED' });
    await expectAllLoadedOnce();
    expect(await warehouse.deadLetters()).toHaveLength(letters);
  });
});

/**
 * Starts a run and kills it when the loader makes a call; what becomes of the call, `judge` says. Whoever makes a call that
 * was dropped tries it again, and is as dead for that.
 */
async function killAt(call: string, judge: () => Promise<Verdict>): Promise<void> {
  const calling = new Promise<void>((resolve) => {
    let hasSent = false;
    let hasDied = false;
    gate.judge = async (target) => {
      const isMeant = target === call && (call === batchCall || hasSent);
      hasSent ||= target === batchCall;
      if (!isMeant) return 'pass';
      gate.judge = (again) => (again === call && hasDied ? 'drop' : 'pass');
      const verdict = await judge();
      hasDied = verdict === 'drop';
      resolve();
      return verdict;
    };
  });
  const { executionArn } = await warehouse.machines.send(
    new StartExecutionCommand({ stateMachineArn: warehouse.loadMachine }),
  );
  await calling;
  await warehouse.machines.send(new StopExecutionCommand({ executionArn, cause: 'killed by a test' }));
  const { status } = await warehouse.machines.send(new DescribeExecutionCommand({ executionArn }));
  expect(status).toBe('ABORTED');
}

const countEvents = async () => (await loadedIds()).length;

describe('a run that is killed', () => {
  it('before its transaction leaves its files to the next', async () => {
    await arrive(someEvents());
    const loaded = await countEvents();
    await killAt(batchCall, async () => 'drop');
    expect(await countEvents()).toBe(loaded);
    gate.judge = undefined;
    expect(await load()).toMatchObject({ status: 'SUCCEEDED' });
    await expectAllLoadedOnce();
  });

  it('in its transaction may load them all the same, which the next finds out', async () => {
    await arrive(someEvents());
    await killAt(batchCall, async () => 'pass');
    expect(await load()).toMatchObject({ status: 'SUCCEEDED' });
    await expectAllLoadedOnce();
  });

  it('after its transaction has loaded them, and the next lets go of their messages', async () => {
    await arrive(someEvents());
    const loaded = await countEvents();
    await killAt(describeCall, async () => {
      while ((await countEvents()) <= loaded) await wait(50);
      return 'drop';
    });
    expect((await warehouse.waiting()).inFlight).toBe(1);
    gate.judge = undefined;
    expect(await load()).toMatchObject({ status: 'SUCCEEDED' });
    await expectAllLoadedOnce();
  });
});

describe('POST /redshift/setup', () => {
  it('knows of no setup that was never begun', async () => {
    const answer = await callAdmin(pipeline.endpoints, 'POST', '/redshift/setup', { SetupId: 'never-begun' });
    expect([answer.status, answer.json]).toEqual([404, { error: 'NotFound', error_detail: expect.any(String) }]);
  });

  it('is an admin’s, sets the warehouse up again, and says how far it is', async () => {
    const path = '/redshift/setup';
    const unsigned = await fetch(`${pipeline.endpoints.apiUrl}${path}`, { method: 'POST' });
    expect(unsigned.status).toBe(403);

    const started = await callAdmin(pipeline.endpoints, 'POST', path);
    expect(started).toMatchObject({ status: 202, json: { Status: 'RUNNING', Statements: expect.any(Number) } });
    const { SetupId } = started.json as { SetupId: string };
    const again = await callAdmin(pipeline.endpoints, 'POST', path);
    expect(again.json).toMatchObject({ SetupId });
    const ask = () => callAdmin(pipeline.endpoints, 'POST', path, { SetupId });
    await expect.poll(async () => (await ask()).status, { timeout: 60_000, interval: 200 }).toBe(200);
    const { json } = await ask();
    const { Statements } = json as { Statements: number };
    expect(json).toEqual({ SetupId, Status: 'SUCCEEDED', StatementsDone: Statements, Statements });
    await expectAllLoadedOnce();

    // Of what is lost nothing is known but how it ended.
    await warehouse.deleteObject(warehouseSetupKey);
    expect((await ask()).json).toEqual({ SetupId, Status: 'SUCCEEDED', StatementsDone: 0, Statements: 0 });
  });

  it('says why one failed, though what was noted of it is lost', { timeout: 120_000 }, async () => {
    const path = '/redshift/setup';
    gate.judge = async (): Promise<Verdict> => {
      await warehouse.deleteObject(warehouseSetupKey);
      return 'drop';
    };
    const started = await callAdmin(pipeline.endpoints, 'POST', path);
    const { SetupId } = started.json as { SetupId: string };
    const ask = () => callAdmin(pipeline.endpoints, 'POST', path, { SetupId });
    await expect.poll(async () => (await ask()).status, { timeout: 100_000, interval: 200 }).toBe(200);
    expect((await ask()).json).toEqual({
      SetupId,
      Status: 'FAILED',
      StatementsDone: 0,
      Statements: expect.any(Number),
      Error: expect.stringMatching(/\w+ \w+/),
    });
  });
});
