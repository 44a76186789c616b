import type { AddressInfo } from 'node:net';
import type { AwsProtocol } from '../../local/aws-api/protocol.ts';
import { AwsApi } from '../../local/aws-api/server.ts';
import type { Principal } from '../../local/runtime.ts';
import { aLog, type RecordedLog } from './a-log.ts';

const key = { accessKeyId: 'AKIATEST000000000000', secretAccessKey: 'a-secret-of-this-test' };
const principal: Principal = { kind: 'role', arn: 'arn:aws:iam::000000000000:role/test' };

/** Some protocols on a port of their own, with one caller whose rights the test decides. */
export interface AwsEndpoint {
  readonly url: string;
  /** What an SDK's client is made from. */
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: typeof key;
    readonly forcePathStyle: true;
    readonly maxAttempts: 1;
  };
  readonly log: RecordedLog;
  /** Each action and resource that was asked for. */
  readonly authorized: [action: string, resource: string][];
  /** Set it, and everything is denied. */
  deny: boolean;
  /** Denies calls on a resource: what a policy of its own would do. */
  readonly denied: Set<string>;
  close(): Promise<void>;
}

export async function anAwsEndpoint(...protocols: readonly AwsProtocol[]): Promise<AwsEndpoint> {
  const region = 'eu-central-1';
  const log = aLog();
  const api = new AwsApi({
    region,
    clock: Date.now,
    log,
    credentials: {
      admin: key,
      forRole: () => key,
      find: (id) => (id === key.accessKeyId ? { secretAccessKey: key.secretAccessKey, principal } : undefined),
      defineRole: () => undefined,
      defineTrust: () => undefined,
      definePolicy: () => undefined,
      refuseToAssume: () => undefined,
      explain: ({ arn }, action, resource) =>
        `User: ${arn} is not authorized to perform: ${action} on resource: ${resource}`,
      isAllowed(_principal, action, resource) {
        endpoint.authorized.push([action, resource]);
        return !endpoint.deny && !endpoint.denied.has(resource);
      },
    },
  });
  for (const protocol of protocols) api.add(protocol);
  await new Promise<void>((resolve) => {
    api.server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(api.server.address() as AddressInfo).port}`;
  const endpoint: AwsEndpoint = {
    url,
    clientConfig: { endpoint: url, region, credentials: key, forcePathStyle: true, maxAttempts: 1 },
    log,
    authorized: [],
    deny: false,
    denied: new Set(),
    async close() {
      api.server.closeAllConnections();
      await new Promise<void>((resolve) => {
        api.server.close(() => resolve());
      });
    },
  };
  return endpoint;
}
