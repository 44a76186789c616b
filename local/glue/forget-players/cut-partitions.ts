import { copyFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openPartitionedTable } from '../process-events/partitions.ts';
import type { PartitionedTable, StoredPartition } from '../process-events/partitions.ts';
import type { LakeFile } from '../process-events/raw-objects.ts';
import { filesSql, literal, valuesTable } from '../process-events/sql.ts';
import { forgottenSql } from './forgotten-sql.ts';
import { cutFile, findFiles, tableProof } from './forget-run.ts';
import type { CutFile, ForgetRun, TableProof } from './forget-run.ts';

/** A table with what a run did to it. */
export interface CutPartitions {
  readonly proof: TableProof;
  /** Prefixes that no partition points to any more: running queries may still read them. */
  readonly retired: readonly string[];
}

export interface TableToCut {
  readonly name: string;
  /** Where its files belong; default: the table's own location. */
  readonly prefix?: string;
  /** Whether the first partition key is the game; otherwise it is a column. */
  readonly byApplication: boolean;
}

/**
 * Writes each partition that holds rows of forgotten players again without them, beside the present files and under
 * their names, and moves it there: a query sees the old files or the new ones.
 */
export async function cutPartitions(run: ForgetRun, toCut: TableToCut): Promise<CutPartitions> {
  const { catalog, objects } = run.context;
  const { bucket, database } = run.settings;
  const { name, prefix, byApplication } = toCut;
  const table = openPartitionedTable({ catalog, objects, bucket, database, name, prefix });
  const partitions: StoredPartition[] = [];
  for (const values of table.values()) partitions.push((await table.find(values))!);

  const applicationOf = new Map(
    partitions.flatMap(({ values, files }) => files.map(({ path }) => [path, values[0] ?? ''] as const)),
  );
  const files = partitions.flatMap((partition) => partition.files);
  if (byApplication) {
    const types = { path: 'VARCHAR', application_id: 'VARCHAR' };
    await run.worker.run(valuesTable('files_of_games', types, [...applicationOf]));
  }
  const { found, rows } = await findFiles(run, files, (some) => ({
    rows: playersSql(some, byApplication),
    gone: forgottenSql(run.forgotten),
  }));
  const affected = new Set(found.map(({ path }) => path));

  const cuts: { before: number; cut: CutFile }[] = [];
  // What a killed run left beside the partitions holds such rows as well.
  const retired = partitions.flatMap(({ orphans }) => orphans);
  let number = 0;
  for (const partition of partitions.filter((one) => one.files.some(({ path }) => affected.has(path)))) {
    run.context.signal.throwIfAborted();
    const placed: { path: string; name: string }[] = [];
    for (const file of partition.files) {
      number += 1;
      const fileName = file.key.slice(partition.prefix.length);
      if (!affected.has(file.path)) {
        const path = join(run.folder, `kept-${number}.parquet`);
        await copyFile(file.path, path);
        placed.push({ path, name: fileName });
        continue;
      }
      const application = byApplication ? literal(applicationOf.get(file.path) ?? '') : 'application_id';
      const gone = forgottenSql(run.forgotten, 'player_id', application);
      const cut = await cutFile(run, file, { gone, compression: run.settings.compression, number });
      cuts.push({ before: file.size, cut: { ...cut, size: (await stat(cut.path)).size } });
      placed.push({ path: cut.path, name: fileName });
    }
    await movePartition(run, table, partition, placed);
    retired.push(partition.prefix);
  }
  return { proof: tableProof(name, { files: files.length, rows }, cuts), retired };
}

/** Who the rows of files belong to. */
function playersSql(files: readonly LakeFile[], byApplication: boolean): string {
  const named = ['player_id', ...(byApplication ? [] : ['application_id'])].map((name) => ({ name, type: 'string' }));
  const rows = filesSql(
    files.map(({ path }) => path),
    named,
    ['filename'],
  );
  return byApplication ? `SELECT * FROM (${rows}) JOIN files_of_games ON path = filename` : rows;
}

async function movePartition(
  { context, settings }: ForgetRun,
  table: PartitionedTable,
  partition: StoredPartition,
  files: readonly { readonly path: string; readonly name: string }[],
): Promise<void> {
  const prefix = `${table.folder(partition.values)}/run=${settings.runId}/`;
  if (prefix === partition.prefix) throw new Error(`two runs bear the id ${settings.runId}`);
  for (const { path, name } of files) {
    await context.objects.putFile(settings.bucket, `${prefix}${name}`, path, {
      contentType: 'application/octet-stream',
    });
  }
  await table.put([
    { values: partition.values, prefix, parameters: { ...partition.parameters, run_id: settings.runId } },
  ]);
}
