import { isProjected } from './partition-projection.ts';
import type { ConditionContext, GlueTable } from '../runtime.ts';
import { QueryError } from './query-error.ts';
import type { TableFile } from './table-files.ts';

/**
 * Why the caller's policies do not allow an action; undefined where they do. Of Glue, the resource is what follows the
 * account in the ARN, e.g. `table/playlake/events`; of S3 it is the whole ARN.
 */
export type Refusal = (action: string, resource: string, context?: ConditionContext) => string | undefined;

/** Athena asks for the region's database `default` in its caller's name, whatever a query reads (its guide, "Access to databases"). */
export function checkDefaultDatabase(refusal: Refusal): void {
  demand(refusal, 'glue:GetDatabase', 'database/default');
}

/** Athena looks a table, or a view, and its partitions up in its caller's name. */
export function checkTableAccess(refusal: Refusal, table: GlueTable): void {
  const { DatabaseName, Name, PartitionKeys = [] } = table;
  demand(refusal, 'glue:GetDatabase', `database/${DatabaseName}`);
  demand(refusal, 'glue:GetTable', `table/${DatabaseName}/${Name}`);
  if (PartitionKeys.length > 0 && !isProjected(table)) {
    demand(refusal, 'glue:GetPartitions', `table/${DatabaseName}/${Name}`);
  }
}

function demand(refusal: Refusal, action: string, resource: string): void {
  const why = refusal(action, resource);
  if (why === undefined) return;
  throw new QueryError(
    `Insufficient permissions to execute the query. The caller is not authorized to perform: ${action} on resource: ${resource}: ${why}`,
  );
}

/** Athena lists the folders of a table, and reads its files, in its caller's name. */
export function checkFileAccess(refusal: Refusal, files: readonly TableFile[]): void {
  const listed = new Set<string>();
  for (const { arn } of files) {
    const folder = arn.slice(0, arn.lastIndexOf('/') + 1);
    const [bucket = ''] = folder.split('/', 1);
    const why =
      (listed.has(folder)
        ? undefined
        : refusal('s3:ListBucket', bucket, { 's3:prefix': folder.slice(bucket.length + 1) })) ??
      refusal('s3:GetObject', arn);
    listed.add(folder);
    if (why === undefined) continue;
    const path = arn.replace('arn:aws:s3:::', 's3://');
    throw new QueryError(
      `PERMISSION_DENIED: Error opening Hive split ${path}: Access Denied (Status Code: 403): ${why}`,
    );
  }
}

/** Athena writes a query's result, and looks where its bucket is, in its caller's name. */
export function checkOutputAccess(refusal: Refusal, outputLocation: string): void {
  const arn = outputLocation.replace('s3://', 'arn:aws:s3:::');
  const [bucket = ''] = arn.split('/', 1);
  const why = refusal('s3:GetBucketLocation', bucket) ?? refusal('s3:PutObject', arn);
  if (why !== undefined) throw new QueryError(`Access denied when writing output to url: ${outputLocation}. ${why}`);
}
