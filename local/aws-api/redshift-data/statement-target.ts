import { AwsError } from '../../runtime.ts';
import type { Clock } from '../../runtime.ts';
import type { LocalSecretStore } from '../../secret-store.ts';
import type { LocalWarehouses, Workgroup } from '../../warehouses.ts';
import type { AwsRequest } from '../protocol.ts';

export type Input = Readonly<Record<string, unknown>>;

/** What the Data API's actions work on, beside the warehouses. */
export interface RedshiftDataContext {
  readonly secrets: LocalSecretStore;
  readonly clock: Clock;
}

/** Where a statement runs, and as whom. */
export interface StatementTarget {
  readonly workgroup: Workgroup;
  readonly database: string;
  /** Database user; undefined for the administrator. */
  readonly user: string | undefined;
  readonly userName: string;
  readonly secretArn: string | undefined;
}

/**
 * The workgroup that a call names and the database user it acts as: the secret's, or the one that stands for whoever
 * signed the call. Throws AwsError.
 */
export function targetOf(
  input: Input,
  request: AwsRequest,
  action: string,
  warehouses: LocalWarehouses,
  { secrets }: RedshiftDataContext,
): StatementTarget {
  const name = textInput(input, 'WorkgroupName');
  const workgroup = warehouses.workgroups().find((one) => one.name === name || one.arn === name);
  if (!workgroup) throw invalid(`Redshift endpoint doesn't exist in this region: workgroup ${name}`);
  request.authorize(action, workgroup.arn);
  const database = textInput(input, 'Database');
  const { namespace } = workgroup;
  if (database !== namespace.database) {
    throw invalid(`FATAL: database "${database}" does not exist; the namespace has "${namespace.database}"`);
  }
  if (input.SecretArn === undefined || input.SecretArn === null) {
    request.authorize('redshift-serverless:GetCredentials', workgroup.arn);
    // Whoever owns the data directory may do everything, in the database too.
    if (request.principal.kind === 'admin') {
      return { workgroup, database, user: undefined, userName: namespace.adminUser, secretArn: undefined };
    }
    const user = databaseUser(request.principal.arn);
    return { workgroup, database, user, userName: user, secretArn: undefined };
  }
  const secret = secrets.find(textInput(input, 'SecretArn'));
  request.authorize('secretsmanager:GetSecretValue', secret.arn);
  if (secret.arn !== namespace.adminSecretArn) {
    throw invalid(`FATAL: password authentication failed: ${secret.name} is not the administrator's secret`);
  }
  return { workgroup, database, user: undefined, userName: namespace.adminUser, secretArn: secret.arn };
}

/** The user as which Redshift knows an IAM identity. */
export function databaseUser(arn: string): string {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  return /:role\//.test(arn) ? `IAMR:${name}` : `IAM:${name}`;
}

export function textInput(input: Input, field: string): string {
  const text = input[field];
  if (typeof text !== 'string' || text.trim() === '') throw invalid(`${field} is missing`);
  return text;
}

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
