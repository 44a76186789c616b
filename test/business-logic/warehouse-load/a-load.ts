import type { WarehouseLoad } from '../../../business-logic/shared/warehouse-statements.ts';
import { StatementError } from '../../../business-logic/shared/warehouse/statement-error.ts';
import { rawEventColumns } from '../../../lib/schemas/raw-events.ts';
import type { FileMessage } from '../../../business-logic/warehouse-load/file-queue.ts';
import type { LoadDeps } from '../../../business-logic/warehouse-load/load-deps.ts';
import { runRecords } from '../../../business-logic/warehouse-load/run-record.ts';
import { loadSteps } from '../../../business-logic/warehouse-load/steps.ts';

export const today = '2026-11-21';
export const fileOf = (name: string, day = today): string => `raw_events/ingest_date=${day}/${name}.parquet`;

const keysIn = (text: string): readonly string[] => [...text.matchAll(/'([^']+\.parquet)'/g)].map(([, key]) => key!);

/** A queue, a lake and a warehouse in memory; tests look into them and change them between steps. */
export interface LoadWorld {
  readonly waiting: FileMessage[];
  readonly hidden: Map<string, FileMessage>;
  readonly deadLetters: { file: string; error: string; message?: string }[];
  /** What the warehouse has noted as loaded. */
  readonly loaded: Set<string>;
  /** Files that no batch with them can be loaded with, and why. */
  readonly poison: Map<string, string>;
  /** Statements of batches, by token. */
  readonly batches: Map<string, readonly string[]>;
  readonly objects: Map<string, unknown>;
  readonly ran: string[];
  isAway: boolean;
  boundary: string | undefined;
  taken: readonly string[] | undefined;
  columns: readonly string[];
  /** Whether somebody else has the turn. */
  isBusy: boolean;
}

export interface ALoad {
  readonly world: LoadWorld;
  notify(...keys: readonly string[]): void;
  step(action: string, run?: string): Promise<string>;
  /** Goes through the states as the machine does; answers the actions in their order. */
  run(name?: string): Promise<readonly string[]>;
}

export function aLoad({
  load,
  ...changes
}: Partial<LoadDeps> & { readonly load?: Partial<WarehouseLoad> } = {}): ALoad {
  const world: LoadWorld = {
    waiting: [],
    hidden: new Map(),
    deadLetters: [],
    loaded: new Set(),
    poison: new Map(),
    batches: new Map(),
    objects: new Map(),
    ran: [],
    isAway: false,
    boundary: '2026-10-22',
    taken: [],
    columns: rawEventColumns.map(({ name }) => name),
    isBusy: false,
  };
  let receipts = 0;
  let tokens = 0;
  const answers = () => {
    if (world.isAway) throw new Error('the warehouse is away');
  };
  const batchOf = (id: string) => [...new Set(world.batches.get(id)!.flatMap(keysIn))];
  const faultOf = (id: string) => {
    const keys = batchOf(id);
    const twice = keys.find((key) => world.loaded.has(key));
    return twice ? `${twice} is loaded already` : keys.flatMap((key) => world.poison.get(key) ?? [])[0];
  };

  const deps: LoadDeps = {
    sql: {
      load: {
        statements: ['COPY ${MANIFEST} ${ROLE_ARN}', 'INSERT VALUES ${FILES}'],
        loadedAmong: 'AMONG ${FILES}',
        loadedFiles: 'ALL',
        forgetFiles: ['FORGET ${BOUNDARY}'],
        ...load,
      },
      purge: { boundary: 'BOUNDARY', statements: ['PURGE ${BOUNDARY}'] },
      trimLive: [],
    },
    database: {
      async submit(statements, token) {
        answers();
        world.batches.set(token, statements);
        return token;
      },
      async state(id) {
        answers();
        const error = faultOf(id);
        if (error !== undefined) return { status: 'failed', error };
        for (const key of batchOf(id)) world.loaded.add(key);
        return { status: 'finished' };
      },
      async query(text) {
        answers();
        if (text === 'BOUNDARY') return world.boundary === undefined ? [] : [[world.boundary]];
        if (text === 'ALL') return [...world.loaded].map((key) => [key]);
        return keysIn(text)
          .filter((key) => world.loaded.has(key))
          .map((key) => [key]);
      },
      async run(statements) {
        answers();
        if (statements.some((text) => text.includes('fail'))) throw new StatementError('failed');
        world.ran.push(...statements);
      },
    },
    queue: {
      isEmpty: async () => world.waiting.length === 0,
      async receive(max) {
        const received = world.waiting.splice(0, max);
        for (const message of received) world.hidden.set(message.receipt, message);
        return received;
      },
      async delete(all) {
        for (const receipt of all) world.hidden.delete(receipt);
      },
      async giveUp(message) {
        world.deadLetters.push(message as LoadWorld['deadLetters'][number]);
      },
    },
    records: runRecords(
      {
        read: async (key) => structuredClone(world.objects.get(key)),
        write: async (key, value) => void world.objects.set(key, structuredClone(value)),
        list: async (prefix) => [...world.objects.keys()].filter((key) => key.startsWith(prefix)),
        size: async () => 1,
        delete: async (keys) => {
          for (const key of keys) world.objects.delete(key);
        },
      },
      'state/warehouse-load',
    ),
    othersTurn: async () => world.isBusy,
    rawColumns: async () => world.columns,
    takenObjects: async () => world.taken && { takenBefore: '2026-11-18', objects: new Set(world.taken) },
    bucket: 'lake',
    rawPrefix: 'raw_events',
    roleArn: 'arn:aws:iam::111122223333:role/reader',
    liveStream: undefined,
    maxFiles: 1_000,
    hotDays: 30,
    rawRetentionDays: 730,
    now: () => new Date(`${today}T12:00:00Z`),
    newToken: () => `token-${(tokens += 1)}`,
    logger: { info: () => undefined, warn: () => undefined },
    ...changes,
  };
  const steps = loadSteps(deps);
  const step = async (action: string, run = 'run-1') =>
    (await steps({ action, run, execution: run, startedAt: `${today}T12:00:00Z`, input: {} })).status;

  return {
    world,
    step,
    notify(...keys) {
      for (const key of keys) {
        const body = JSON.stringify({ detail: { bucket: { name: 'lake' }, object: { key } } });
        world.waiting.push({ body, receipt: `receipt-${(receipts += 1)}` });
      }
    },
    async run(name = 'run-1') {
      const actions: string[] = [];
      let next = 'begin';
      while (next !== '') {
        actions.push(next);
        next = nextAction[`${next} ${await step(next, name)}`] ?? nextAction[next] ?? '';
      }
      return actions;
    },
  };
}

/** What the machine does next. */
const nextAction: Readonly<Record<string, string>> = {
  'begin load': 'load',
  'begin finish': 'finish',
  load: 'check',
  'check running': 'check',
  'check finished': 'settle',
  'check failed': 'split',
  'settle load': 'load',
  'settle finish': 'finish',
  'split load': 'load',
  'split finish': 'finish',
  'finish again': 'begin',
};
