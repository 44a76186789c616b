import type { GlueTable } from '../runtime.ts';
import { QueryError } from './query-error.ts';
import type { TableFile } from './table-files.ts';

/**
 * Whether the caller's policies allow an action. Of Glue, the resource is what follows the account in the ARN, e.g.
 * `table/playlake/events`; of S3 it is the whole ARN.
 */
export type MayDo = (action: string, resource: string) => boolean;

/** Athena looks a table, or a view, up in its caller's name. */
export function checkTableAccess(mayDo: MayDo, { DatabaseName, Name }: GlueTable): void {
  const resource = `table/${DatabaseName}/${Name}`;
  if (mayDo('glue:GetTable', resource)) return;
  throw new QueryError(
    `Insufficient permissions to execute the query. The caller is not authorized to perform: glue:GetTable on resource: ${resource}`,
  );
}

/** Athena reads the files of a table in its caller's name. */
export function checkFileAccess(mayDo: MayDo, files: readonly TableFile[]): void {
  const refused = files.find(({ arn }) => !mayDo('s3:GetObject', arn));
  if (!refused) return;
  const path = refused.arn.replace('arn:aws:s3:::', 's3://');
  throw new QueryError(`PERMISSION_DENIED: Error opening Hive split ${path}: Access Denied (Status Code: 403)`);
}
