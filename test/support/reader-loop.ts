import { deliverRaw, openJobLake } from './job-lake.ts';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';

export interface ReaderLoopOptions {
  readonly runs: number;
  readonly seed: number;
  /** Raw rows that arrive before each run; default 20,000. */
  readonly rows?: number;
}

export interface ReaderLoopOutcome {
  readonly runs: number;
  /** Queries that began while a run was at work. */
  readonly reads: number;
  /** Totals of a partition that are neither those before nor those after a run; must be empty. */
  readonly wrong: readonly string[];
}

const queries = [
  'SELECT application_id, event_date, count(*) AS n, sum(currency_amount) AS amount, count(DISTINCT event_id) AS ids FROM events GROUP BY application_id, event_date',
  'SELECT event_date, count(*) AS n, sum(events) AS events, sum(sessions) AS sessions FROM player_days GROUP BY event_date',
] as const;

/** Totals by partition, for each query. */
type State = readonly ReadonlyMap<string, string>[];

/** What a reader saw during a run. */
interface Read {
  readonly run: number;
  readonly query: number;
  readonly totals: ReadonlyMap<string, string>;
}

/** Reads totals per partition in a loop while the events job runs again and again over new raw objects. */
export async function readerLoop({ runs, seed, rows = 20_000 }: ReaderLoopOptions): Promise<ReaderLoopOutcome> {
  const root = await temporaryFolder('reader-loop');
  const now = Date.parse('2026-11-20T02:00:00Z');
  const lake = await openJobLake(root, now);
  const total = async (sql: string) => new Map((await lake.rows(sql)).map(keyed));
  const state = () => Promise.all(queries.map(total));
  try {
    const states: State[] = [await state()];
    const reads: Read[] = [];
    for (let run = 0; run < runs; run += 1) {
      await deliverRaw([root], { number: run, rows, seed, now });
      const work = { isOver: false };
      const job = lake.job.run().finally(() => (work.isOver = true));
      for (let query = 0; !work.isOver; query = (query + 1) % queries.length) {
        const totals = await total(queries[query]!);
        reads.push({ run, query, totals });
      }
      await job;
      states.push(await state());
    }
    return {
      runs,
      reads: reads.length,
      wrong: reads.flatMap((read) => judge(read, states)),
    };
  } finally {
    await lake.stop();
    await removeFolder(root);
  }
}

function keyed(row: string): [string, string] {
  const [, key = '', totals = ''] = /^(.*?\d{4}-\d\d-\d\d) \| (.*)$/.exec(row) ?? [];
  return [key, totals];
}

/** Partition by partition: the totals of before the run or of after it. */
function judge({ run, query, totals }: Read, states: readonly State[]): string[] {
  const allowed = states.slice(run, run + 2).map((state) => state[query]!);
  const partitions = new Set(allowed.flatMap((state) => [...state.keys()]).concat([...totals.keys()]));
  return [...partitions].flatMap((partition) => {
    const seen = totals.get(partition);
    return allowed.some((state) => state.get(partition) === seen)
      ? []
      : [`${partition}: ${seen} in the place of ${allowed.map((state) => state.get(partition)).join(' or ')}`];
  });
}
