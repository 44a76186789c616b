import type { PlannedAccountTable } from '../../../lib/etl/accounts-job-plan.ts';
import { currentSnapshot } from '../../../lib/schemas/account-tables.ts';
import type { LocalJobContext } from '../job-runner.ts';
import { openPartitionedTable } from '../process-events/partitions.ts';
import { listFiles } from '../process-events/raw-objects.ts';
import type { LakeFile } from '../process-events/raw-objects.ts';

/** A table that is one snapshot: a run with news writes all of it beside the present one, and then switches. */
export interface SnapshotTable {
  readonly planned: PlannedAccountTable;
  /** Files of the present snapshot; undefined where there is none. */
  files(): Promise<readonly LakeFile[] | undefined>;
  /** Prefixes of runs that no partition points to. */
  orphans(): Promise<readonly string[]>;
  /** Moves a file to where it belongs and the partition there; a query sees the old rows or the new ones. */
  replace(path: string, runId: string): Promise<void>;
}

export interface SnapshotTableOptions extends Pick<LocalJobContext, 'catalog' | 'objects'> {
  readonly bucket: string;
  readonly database: string;
  readonly name: string;
  readonly planned: PlannedAccountTable;
}

/** Throws Error where the catalog has no such table. */
export function openSnapshotTable({ planned, ...options }: SnapshotTableOptions): SnapshotTable {
  const { objects, bucket } = options;
  const table = openPartitionedTable(options);
  const values = [currentSnapshot];
  const folder = `${table.folder(values)}/`;
  return {
    planned,
    files: async () => (await table.find(values))?.files,
    async orphans() {
      const present = (await table.find(values))?.prefix;
      const below = await listFiles(objects, bucket, folder);
      const runs = below.map(({ key }) => `${folder}${key.slice(folder.length).split('/', 1)[0]}/`);
      return [...new Set(runs)].filter((run) => run !== present && run.startsWith(`${folder}run=`));
    },
    async replace(path, runId) {
      const prefix = `${folder}run=${runId}/`;
      const stored = await listFiles(objects, bucket, prefix);
      if (stored.length > 0) throw new Error(`two runs bear the id ${runId}`);
      await objects.putFile(bucket, `${prefix}part-00000.parquet`, path, { contentType: 'application/octet-stream' });
      await table.put([{ values, prefix, parameters: { run_id: runId } }]);
    },
  };
}
