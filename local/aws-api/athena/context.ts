import { AwsError } from '../../runtime.ts';
import type { Catalog } from '../../runtime.ts';
import type { LocalWorkGroups } from '../../work-groups.ts';

/** What the Athena actions work on. */
export interface AthenaContext {
  readonly workGroups: LocalWorkGroups;
  readonly catalog: Catalog;
  /** ARN of a workgroup. */
  readonly arnOf: (workGroup: string) => string;
  /** ARN of what Glue's catalog holds, e.g. of `table/playlake/events`. */
  readonly glueArn: (resource: string) => string;
  /** ARN of the data catalog. */
  readonly catalogArn: string;
}

export function invalid(message: string): AwsError {
  return new AwsError('InvalidRequestException', message);
}
