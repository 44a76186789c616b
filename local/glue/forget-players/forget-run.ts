import { join } from 'node:path';
import type { ForgottenPlayers } from '../../../business-logic/shared/forgotten-players.ts';
import type { LocalJobContext } from '../job-runner.ts';
import type { LakeFile } from '../process-events/raw-objects.ts';
import { fileList, literal } from '../process-events/sql.ts';
import type { Worker } from '../process-events/worker.ts';
import type { ForgetSettings } from './settings.ts';

/** What the parts of one run share. */
export interface ForgetRun {
  readonly context: LocalJobContext;
  readonly settings: ForgetSettings;
  readonly forgotten: ForgottenPlayers;
  readonly worker: Worker;
  /** Working folder, on the lake's disk. */
  readonly folder: string;
}

/** What a run did to a table or a folder of records. */
export interface TableProof {
  readonly table: string;
  /** Files that were looked at, and those that were written again. */
  readonly files: number;
  readonly files_rewritten: number;
  readonly rows_before: number;
  readonly rows_after: number;
  readonly rows_removed: number;
  /** Of the files that were written again. */
  readonly bytes_before: number;
  readonly bytes_after: number;
  /** Rows of others in those files, and a checksum over all of them: it was the same behind the change. */
  readonly others: number;
  readonly others_checksum: string;
  /** Files that nobody can read, which the events job skips as well. */
  readonly unreadable_files?: number;
}

/** A file without the rows of forgotten players, in the working folder. */
export interface CutFile {
  readonly path: string;
  readonly size: number;
  readonly removed: number;
  readonly others: number;
  readonly checksum: bigint;
}

/**
 * Writes a Parquet file again without some of its rows, in their order.
 * @param gone condition that holds for what is to go, never null
 * @throws Error where the rows that stay are not those that were there: nothing has been published then
 */
export async function cutFile(
  { worker, folder }: ForgetRun,
  file: LakeFile,
  { gone, compression, number }: { readonly gone: string; readonly compression: string; readonly number: number },
): Promise<Omit<CutFile, 'size'>> {
  const path = join(folder, `cut-${number}.parquet`);
  const source = `SELECT * FROM read_parquet(${fileList([file.path])}, hive_partitioning = false)`;
  const stays = `${source} WHERE NOT ${gone}`;
  await worker.run(
    `COPY (${stays}) TO ${literal(path)} (FORMAT parquet, COMPRESSION ${compression}, ROW_GROUP_SIZE 61440)`,
  );
  const [all] = await worker.rows(`SELECT count(*) AS n FROM (${source})`);
  const before = await checksum(worker, stays);
  const after = await checksum(worker, `SELECT * FROM read_parquet(${fileList([path])}, hive_partitioning = false)`);
  if (before.rows !== after.rows || before.sum !== after.sum) {
    throw new Error(
      `${file.key} would lose rows of others: ${before.rows} rows with checksum ${before.sum} became ${after.rows} ` +
        `with ${after.sum}; nothing of it was written`,
    );
  }
  return { path, removed: Number(all?.['n']) - after.rows, others: after.rows, checksum: after.sum };
}

/** A sum over all rows, whatever their order; two rows that are equal do not cancel each other. */
async function checksum(worker: Worker, rows: string): Promise<{ readonly rows: number; readonly sum: bigint }> {
  const [row] = await worker.rows(
    `SELECT count(*) AS n, coalesce(sum(CAST(hash(one) AS HUGEINT)), 0) AS c FROM (${rows}) AS one`,
  );
  return { rows: Number(row?.['n']), sum: BigInt(String(row?.['c'])) };
}

/** Adds up what became of a table's files. */
export function tableProof(
  table: string,
  looked: { readonly files: number; readonly rows: number },
  cuts: readonly { readonly before: number; readonly cut: CutFile }[],
): TableProof {
  const sum = (of: (one: (typeof cuts)[number]) => number): number => cuts.reduce((total, one) => total + of(one), 0);
  const removed = sum(({ cut }) => cut.removed);
  return {
    table,
    files: looked.files,
    files_rewritten: cuts.length,
    rows_before: looked.rows,
    rows_after: looked.rows - removed,
    rows_removed: removed,
    bytes_before: sum(({ before }) => before),
    bytes_after: sum(({ cut }) => cut.size),
    others: sum(({ cut }) => cut.others),
    others_checksum: cuts.reduce((total, { cut }) => total + cut.checksum, 0n).toString(16),
  };
}

/** Files that one statement reads. */
const filesAtOnce = 500;

/** Which of these files hold rows that are to go, and how many rows all of them have. */
export async function findFiles(
  { worker, context }: ForgetRun,
  files: readonly LakeFile[],
  rowsOf: (files: readonly LakeFile[]) => { readonly rows: string; readonly gone: string },
): Promise<{ readonly found: readonly LakeFile[]; readonly rows: number }> {
  const names = new Set<string>();
  let total = 0;
  for (let start = 0; start < files.length; start += filesAtOnce) {
    context.signal.throwIfAborted();
    const some = files.slice(start, start + filesAtOnce);
    const { rows, gone } = rowsOf(some);
    for (const { filename } of await worker.rows(`SELECT DISTINCT filename FROM (${rows}) WHERE ${gone}`)) {
      names.add(String(filename));
    }
    const list = fileList(some.map(({ path }) => path));
    const [row] = await worker.rows(`SELECT sum(num_rows) AS n FROM parquet_file_metadata(${list})`);
    total += Number(row?.['n']);
  }
  return { found: files.filter(({ path }) => names.has(path)), rows: total };
}
