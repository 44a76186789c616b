import { AwsError } from '../runtime.ts';
import type { ActingService } from '../runtime.ts';
import type { AwsApi } from './server.ts';

export interface CallByRole {
  readonly roleArn: string;
  /** Who calls in the role's name. */
  readonly through: ActingService;
  /** In the scope of a signature, e.g. `states`. */
  readonly service: string;
  /** E.g. `StartExecution`. */
  readonly action: string;
  readonly input: unknown;
}

/** Calls a service of the JSON protocol in a role's name. Throws the AwsError that it answers with. */
export async function callByRole(
  awsApi: Pick<AwsApi, 'call'>,
  { roleArn, through, service, action, input }: CallByRole,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await awsApi.call({
    service,
    principal: { kind: 'role', arn: roleArn, through },
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${service}.${action}` },
    body: Buffer.from(JSON.stringify(input)),
  });
  const body = JSON.parse(String(response.body ?? '{}')) as Readonly<Record<string, unknown>>;
  if (response.status < 300) return body;
  throw new AwsError(String(body.__type).replace(/^.*#/, ''), String(body.message), response.status);
}
