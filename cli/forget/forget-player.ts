import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConcurrentRunsExceededException,
  GetJobRunCommand,
  StartJobRunCommand,
  type GlueClient,
  type JobRun,
} from '@aws-sdk/client-glue';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { keyTable } from '../../business-logic/events-processing/personal-data/key-table.ts';
import { documentTables } from '../../business-logic/shared/aws/dynamodb/document-tables.ts';
import { playerDigest, type ForgottenPlayers } from '../../business-logic/shared/forgotten-players.ts';
import { playerKeyId } from '../../business-logic/shared/personal-data-keys.ts';
import { connectEngine } from '../connect-engine.ts';
import { deliverNow } from '../deliver-now.ts';
import type { QueryEngine } from '../query-engine.ts';
import { describeWorkflow, runWorkflow } from '../run-workflow.ts';
import { waits } from '../waits.ts';
import { warehouseOf } from '../warehouse/find-warehouse.ts';
import { forgetInWarehouse } from './forget-in-warehouse.ts';
import { addForgotten, readForgottenList, type PlayerToForget } from './forgotten-list.ts';
import { readJobFacts, withLakeClients, type JobFacts, type LakeTarget } from './lake-target.ts';

/** Rows of one table before and behind a run; the lake's tables tell more. */
export interface ForgetProof {
  readonly table: string;
  readonly files?: number;
  readonly files_rewritten?: number;
  readonly rows_before: number;
  readonly rows_after: number;
  readonly rows_removed: number;
  readonly bytes_before?: number;
  readonly bytes_after?: number;
  /** Rows of others in files that were written again, and a checksum that is the same before and behind it. */
  readonly others?: number;
  readonly others_checksum?: string;
  /** Stretches that were no JSON and named the player. */
  readonly unreadable_removed?: number;
  /** Files that nobody can read, which stay. */
  readonly unreadable_files?: number;
}

/** What was done, as it stands in the lake: without an id in clear. */
export interface ForgetReport {
  readonly version: 1;
  readonly run_id: string;
  readonly at: string;
  /** Digest of the id by the list's salt; null where everybody on the list was removed again. */
  readonly player: string | null;
  readonly application_id: string | null;
  /** Whether the player's key of personal data is erased by this. */
  readonly key_erased: boolean;
  readonly tables: readonly ForgetProof[];
}

/** Tables that the account jobs keep, by a player's id; names are counted by their own job. */
const accountTables = ['players', 'player_games'] as const;

/**
 * Removes one player, or everybody on the list once more, from the lake and the warehouse. May be killed anywhere and
 * called again.
 * @param player undefined: everybody on the list
 * @param tell hears what is being done
 */
export async function forgetPlayer(
  target: LakeTarget,
  player: PlayerToForget | undefined,
  tell: (line: string) => void,
): Promise<{ readonly report: ForgetReport; readonly reportKey: string }> {
  return withLakeClients(target, async ({ s3, glue, tables }) => {
    const facts = await readJobFacts(glue, target.workload);
    const now = new Date();
    const list =
      player === undefined ? (await readForgottenList(s3, facts))?.list : await addForgotten(s3, facts, player, now);
    if (list === undefined) throw new Error('nobody was ever forgotten here');
    const erasesKey = player !== undefined && player.application === undefined;
    if (erasesKey) {
      await keyTable(documentTables(tables), facts.playerKeysTable).erase(
        [playerKeyId(player.playerId)],
        now.toISOString(),
      );
      tell('the key of personal data is erased: no copy of it can be read any more');
    }

    if (target.awsUrl !== undefined && target.apiUrl !== undefined) await deliverNow(target.apiUrl);
    const athena = connectEngine(target, true);
    try {
      const before = await countRows(athena);
      tell(`${facts.forgetJob} removes rows from the lake`);
      const jobReport = await runForgetJob(s3, glue, facts);
      tell('the workflow makes the account tables anew');
      await remakeAccountTables(target);
      const after = await countRows(athena);
      const report: ForgetReport = {
        ...jobReport,
        player: player === undefined ? null : playerDigest(list.salt, player.playerId),
        application_id: player?.application ?? null,
        key_erased: erasesKey,
        tables: [...jobReport.tables, ...accountProofs(before, after), ...(await inWarehouse(target, list, tell))],
      };
      const reportKey = `${facts.reportPrefix}/${report.run_id}.json`;
      await putReport(s3, facts.bucket, reportKey, report);
      return { report, reportKey };
    } finally {
      athena.close();
    }
  });
}

async function inWarehouse(
  target: LakeTarget,
  list: ForgottenPlayers,
  tell: (line: string) => void,
): Promise<readonly ForgetProof[]> {
  const warehouse = warehouseOf(target);
  if (warehouse === undefined) return [];
  tell('rows are deleted from the warehouse');
  return forgetInWarehouse({ ...warehouse, database: target.database }, list);
}

type RowCounts = ReadonlyMap<string, number>;

/** Counts alone: what a query asks for stands in Athena's history for weeks. */
async function countRows(athena: QueryEngine): Promise<RowCounts> {
  const counts = new Map<string, number>();
  for (const table of accountTables) {
    const { rows } = await athena.run(`SELECT count(*) FROM ${table}`);
    counts.set(table, Number(rows[0]?.[0] ?? 0));
  }
  return counts;
}

function accountProofs(before: RowCounts, after: RowCounts): ForgetProof[] {
  return accountTables.map((table) => {
    const [was, is] = [before.get(table) ?? 0, after.get(table) ?? 0];
    return { table, rows_before: was, rows_after: is, rows_removed: was - is };
  });
}

async function remakeAccountTables({ signer, awsUrl, workflow }: LakeTarget): Promise<void> {
  const outcome = await runWorkflow({ signer, endpoint: awsUrl, workflow });
  if (outcome.succeeded) return;
  throw new Error(
    `rows are gone from the lake, but account tables may still have some: the workflow failed: ` +
      `${describeWorkflow(outcome)}. Mend that and run the command again`,
  );
}

const goingOn: ReadonlySet<string> = new Set(['STARTING', 'RUNNING', 'STOPPING', 'WAITING']);

/** Starts the job, once a run of it that goes on has ended, and waits for its report. */
async function runForgetJob(s3: S3Client, glue: GlueClient, facts: JobFacts): Promise<JobReport> {
  const JobName = facts.forgetJob;
  const run = await untilEnded(glue, JobName, await startJob(glue, JobName));
  if (run.JobRunState !== 'SUCCEEDED') {
    throw new Error(
      `${JobName} ended as ${run.JobRunState}: ${run.ErrorMessage ?? 'no reason given'}. Nothing is lost; run the ` +
        'command again',
    );
  }
  const Key = `${facts.reportPrefix}/${run.Id}.json`;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: facts.bucket, Key }));
  return JSON.parse(await Body!.transformToString()) as JobReport;
}

type JobReport = Pick<ForgetReport, 'version' | 'run_id' | 'at' | 'tables'>;

async function startJob(glue: GlueClient, JobName: string): Promise<string> {
  for (const wait of waits()) {
    try {
      const { JobRunId } = await glue.send(new StartJobRunCommand({ JobName }));
      return JobRunId!;
    } catch (error) {
      // What goes on may have read the list before.
      if (!(error instanceof ConcurrentRunsExceededException)) throw error;
      await sleep(wait);
    }
  }
  throw new Error('unreachable');
}

async function untilEnded(glue: GlueClient, JobName: string, RunId: string): Promise<JobRun> {
  for (const wait of waits()) {
    const { JobRun: run } = await glue.send(new GetJobRunCommand({ JobName, RunId }));
    if (run && !goingOn.has(run.JobRunState ?? '')) return run;
    await sleep(wait);
  }
  throw new Error('unreachable');
}

async function putReport(s3: S3Client, bucket: string, Key: string, report: ForgetReport): Promise<void> {
  const Body = JSON.stringify(report, null, 1);
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType: 'application/json' }));
}
