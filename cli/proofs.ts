import { accountSizes, proveAccounts, type AccountSizes } from './prove-accounts.ts';
import { bytesReadSizes, proveBytesRead } from './prove-bytes.ts';
import { firstViewSizes, longestFirstView, proveFirstView } from './prove-console.ts';
import { apiRequests, proveFuzzApi, proveFuzzTransform, transformInputs } from './prove-fuzz.ts';
import { proveNothingLost, proveOverload } from './prove-faults.ts';
import { hotAndColdSizes, proveHotAndCold } from './prove-hot-and-cold.ts';
import {
  proveJobSurvives,
  provePipelineSurvives,
  proveReadersSeeWholes,
  proveSparkJobSurvives,
} from './prove-kills.ts';
import { holdToTruth, kpiSizes, proveKpis } from './prove-kpis.ts';
import { proveReplays, replayedEvents } from './prove-replay.ts';
import { proveStoredBytes, storedBytesSizes } from './prove-stored-bytes.ts';
import { proveSmallWarehouse, proveWarehouse, smallWarehouseSizes } from './prove-warehouse.ts';
import { proveLeastPrivilege } from './prove-least-privilege.ts';

/** Something the project says of itself, shown at its full size. The tests show the same at a small one. */
export interface Proof {
  readonly name: string;
  readonly shows: string;
  /** Resolves with the figures; throws what speaks against it. */
  run(print: Print, sizes: ProofSizes): Promise<string>;
}

/** Sizes that can be asked for. */
export type ProofSizes = AccountSizes;

export type Print = (line: string) => void;

const midnightEvents = 100_000;
const pipelineKills = 100;
const jobKills = 10;
const sparkKills = 10;
const readRuns = 20;

export const proofs: readonly Proof[] = [
  {
    name: 'truth',
    shows:
      `${kpiSizes.days} days of ${kpiSizes.players} players in ${kpiSizes.games} games, duplicates, late and bad events ` +
      'among theirs: every report equals what happened, on DuckDB and on Trino, and so do five KPIs computed from the ' +
      'event log alone',
    run: proveKpis,
  },
  {
    name: 'truth-over-midnight',
    shows: `the same for ${midnightEvents} events while the server’s clock crosses midnight`,
    run: (print) => {
      const generated = { events: midnightEvents, rate: midnightEvents / 4, seed: 'midnight', undeclared: 0.01 };
      return holdToTruth({ generated, midnightAfter: midnightEvents / 2 }, midnightEvents / 5, print);
    },
  },
  {
    name: 'kill-9',
    shows: `killed at ${pipelineKills} random moments while events arrive, the pipeline loses no acknowledged event`,
    run: (print) => provePipelineSurvives(pipelineKills, print),
  },
  {
    name: 'crash-table',
    shows:
      'killed, with a full disk, a torn journal, a clock that steps back, a transform that fails in every way, tables that ' +
      'are down or a second runtime, the pipeline loses no acknowledged event and has none twice in events',
    run: proveNothingLost,
  },
  {
    name: 'overload',
    shows:
      'ten times what the throttle takes, for a minute, is answered 429 with Retry-After, takes at most 1.2 times the memory ' +
      'of the throttle’s own rate, and every accepted event is in the lake',
    run: proveOverload,
  },
  {
    name: 'kill-job',
    shows: `killed at ${jobKills} random moments and run again, the events job leaves the rows it leaves unkilled`,
    run: (print) => proveJobSurvives(jobKills, print),
  },
  {
    name: 'kill-spark-job',
    shows: `the same of the script that Glue runs, on Spark, killed at ${sparkKills} random ones of its calls`,
    run: (print) => proveSparkJobSurvives(sparkKills, print),
  },
  {
    name: 'reader-loop',
    shows: `a reader that queries in a loop during ${readRuns} runs of the job sees each partition as before or after one`,
    run: () => proveReadersSeeWholes(readRuns),
  },
  {
    name: 'bytes-read',
    shows:
      `of ${bytesReadSizes.events} events in three games, reports read at least 50 times fewer bytes than the same ` +
      'questions of one JSON column partitioned by day (geometric mean of those it can answer), by Parquet footers and by ' +
      'Trino’s own count',
    run: proveBytesRead,
  },
  {
    name: 'stored-bytes',
    shows:
      `what bills are made of: ${storedBytesSizes.events} events weigh in Parquet what npm run cost takes them to weigh, ` +
      'and the transform takes no longer',
    run: proveStoredBytes,
  },
  {
    name: 'accounts',
    shows:
      `${accountSizes.players} players, ${accountSizes.studios} studios, ${accountSizes.games} games and ` +
      `${accountSizes.registrations} registrations are imported and built in under half an hour and 8 GiB, and the ` +
      'reports say what really happened',
    run: proveAccounts,
  },
  {
    name: 'warehouse',
    shows:
      `${kpiSizes.days} days of ${kpiSizes.players} players in ${kpiSizes.games} games in DATA_STACK REDSHIFT: every ` +
      'report of the warehouse, a PostgreSQL behind the Data API, has the rows of Athena’s, and both are true',
    run: proveWarehouse,
  },
  {
    name: 'warehouse-small',
    shows:
      `the same of ${smallWarehouseSizes.days} days of ${smallWarehouseSizes.players} players in ${smallWarehouseSizes.games} games on PGlite, ` +
      'the warehouse of a laptop',
    run: proveSmallWarehouse,
  },
  {
    name: 'hot-and-cold',
    shows:
      `${hotAndColdSizes.days} days of ${hotAndColdSizes.players} players, of which the warehouse holds ${hotAndColdSizes.hotDays}: ` +
      'its view of all events has the events of the lake, day by day, before its boundary moves and after',
    run: proveHotAndCold,
  },
  {
    name: 'fuzz-transform',
    shows:
      `${transformInputs} records, well formed, nearly so and not at all, of which the transform loses no event and makes ` +
      'none that a column does not hold; none takes 50 ms for each 64 KiB, or each 1,000 values, that it begins',
    run: proveFuzzTransform,
  },
  {
    name: 'fuzz-api',
    shows:
      `${apiRequests} requests, well formed, nearly so and not at all, which a pipeline answers by its contract, none of ` +
      'them slowly, and after which it has what it said it stored',
    run: proveFuzzApi,
  },
  {
    name: 'replay',
    shows:
      `${replayedEvents} events rejected for three causes, repaired and replayed by a command that is killed and run ` +
      'again: every report but those of rejects equals that of a run in which they had been right at once',
    run: proveReplays,
  },
  {
    name: 'console',
    shows:
      `${firstViewSizes.days} days of ${firstViewSizes.players} players: whoever opens the console for the first time sees all of ` +
      `Overview within ${longestFirstView / 1_000} seconds, the first one of all included`,
    run: proveFirstView,
  },
  {
    name: 'iam',
    shows:
      'with each of ten statements of roles taken out of the template, what needs it fails, and the log names the statement',
    run: proveLeastPrivilege,
  },
];
