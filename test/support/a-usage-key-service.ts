import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { apiGatewayProtocol } from '../../local/aws-api/api-gateway.ts';
import { createUsagePlans, type LocalUsagePlans } from '../../local/usage-plans.ts';
import { anAwsEndpoint, type AwsEndpoint } from './an-aws-endpoint.ts';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';

/** API Gateway's control plane, with a plan for each class of tokens that serves the stage `live` of the API `api1`. */
export interface UsageKeyService {
  readonly endpoint: AwsEndpoint;
  readonly client: APIGatewayClient;
  readonly usagePlans: LocalUsagePlans;
  /** Ids of the plans. */
  readonly plans: { readonly client: string; readonly server: string };
  /** What the keys in use say, by plan: names of keys. */
  members(plan: 'client' | 'server'): readonly string[];
  close(): Promise<void>;
}

export async function aUsageKeyService(clock: () => number = Date.now): Promise<UsageKeyService> {
  const dataDir = await temporaryFolder('usage-keys');
  const usagePlans = await createUsagePlans({ dataDir, clock });
  const endpoint = await anAwsEndpoint(apiGatewayProtocol(usagePlans, { region: 'eu-central-1' }));
  const plan = (name: string, RateLimit: number) =>
    usagePlans.definePlan(name, {
      UsagePlanName: name,
      ApiStages: [{ ApiId: 'api1', Stage: 'live', Throttle: {} }],
      Throttle: { RateLimit, BurstLimit: 2 * RateLimit },
    });
  const plans = { client: plan('playlake-client', 1), server: plan('playlake-server', 2) };
  return {
    endpoint,
    client: new APIGatewayClient(endpoint.clientConfig),
    usagePlans,
    plans,
    members: (name) =>
      usagePlans
        .keys()
        .filter((key) => key.plans.includes(plans[name]))
        .map((key) => key.name),
    async close() {
      await endpoint.close();
      await removeFolder(dataDir);
    },
  };
}
