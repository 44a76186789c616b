import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile, undefinedIfMissing } from '../durable-files.ts';
import { parseJsonLines } from '../read-json-lines.ts';
import type { Execution, HistoryEvent } from './execution.ts';

/** Executions of an ended state machine that are kept; the oldest are forgotten. */
const KEPT = 500;

/** Executions on disk: one file for each, and one with its history beside it. */
export interface ExecutionStore {
  /** Newest first. */
  all(): readonly Execution[];
  get(arn: string): Execution | undefined;
  add(execution: Execution): Promise<void>;
  /** Resolves once the execution is on disk as it is now; calls that come meanwhile share the next write. */
  save(execution: Execution): Promise<void>;
  /** Adds to what is told of an execution; after a crash the last events may be missing. */
  record(execution: Execution, type: string, at: number, details?: Readonly<Record<string, unknown>>): Promise<void>;
  history(arn: string): Promise<readonly HistoryEvent[]>;
  /** Forgets all of them. */
  clear(): Promise<void>;
}

export async function openExecutionStore(folder: string): Promise<ExecutionStore> {
  await mkdir(folder, { recursive: true });
  const executions = new Map<string, Execution>();
  /** The number of the last event of each history, once it is written. */
  const recorded = new Map<string, Promise<number>>();
  const writing = new Map<string, { readonly running: Promise<void>; next: Promise<void> | undefined }>();
  for (const execution of await readAll(folder)) executions.set(execution.arn, execution);

  const pathOf = ({ arn }: Pick<Execution, 'arn'>, ending: string): string =>
    join(folder, `${encodeURIComponent(arn.slice(arn.indexOf(':execution:') + ':execution:'.length))}${ending}`);

  function write(execution: Execution): Promise<void> {
    const running = replaceFile(pathOf(execution, '.json'), JSON.stringify(execution), 0o600);
    writing.set(execution.arn, { running, next: undefined });
    return running.finally(() => {
      if (writing.get(execution.arn)?.running === running) writing.delete(execution.arn);
    });
  }

  async function forgetOldest(machineArn: string): Promise<void> {
    const ended = store.all().filter((one) => one.machineArn === machineArn && one.status !== 'RUNNING');
    for (const old of ended.slice(KEPT)) {
      executions.delete(old.arn);
      recorded.delete(old.arn);
      for (const ending of ['.json', '.history']) await rm(pathOf(old, ending), { force: true });
    }
  }

  const store: ExecutionStore = {
    all: () => [...executions.values()].toSorted((a, b) => b.startedAt - a.startedAt),
    get: (arn) => executions.get(arn),
    async add(execution) {
      executions.set(execution.arn, execution);
      try {
        await store.save(execution);
      } catch (error) {
        executions.delete(execution.arn);
        throw error;
      }
      await forgetOldest(execution.machineArn);
    },
    save(execution) {
      const current = writing.get(execution.arn);
      if (!current) return write(execution);
      current.next ??= current.running.catch(() => undefined).then(() => write(execution));
      return current.next;
    },
    async record(execution, type, at, details = {}) {
      const { arn } = execution;
      const before = recorded.get(arn)?.catch(() => undefined) ?? Promise.resolve(undefined);
      const written = before.then(async (last) => {
        const previousEventId = last ?? (await store.history(arn)).length;
        const id = previousEventId + 1;
        const event: HistoryEvent = { timestamp: at / 1000, type, id, previousEventId, ...details };
        await appendFile(pathOf(execution, '.history'), `${JSON.stringify(event)}\n`, { mode: 0o600 });
        return id;
      });
      recorded.set(arn, written);
      await written;
    },
    async history(arn) {
      const text = (await readFile(pathOf({ arn }, '.history'), 'utf8').catch(undefinedIfMissing)) ?? '';
      return parseJsonLines<HistoryEvent>(text);
    },
    async clear() {
      executions.clear();
      recorded.clear();
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
    },
  };
  return store;
}

async function readAll(folder: string): Promise<readonly Execution[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as Execution));
}
