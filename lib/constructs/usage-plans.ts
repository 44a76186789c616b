import { ApiKey, UsagePlan, type SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import { sharedUsageKey } from '../../business-logic/shared/usage-keys.ts';
import type { TokenClass } from '../../business-logic/shared/token-classes.ts';
import type { PipelineConfig } from '../../config/schema.ts';
import { usageLimits } from '../api/usage-limits.ts';

export interface UsagePlansProps {
  readonly config: PipelineConfig;
  readonly api: SpecRestApi;
}

/**
 * What one application may send with tokens of each class: a plan limits every API key in it by itself. The admin function
 * makes those keys, one for each application and class (decision 0033).
 */
export class UsagePlans extends Construct {
  readonly plans: Readonly<Record<TokenClass, UsagePlan>>;

  constructor(scope: Construct, id: string, { config, api }: UsagePlansProps) {
    super(scope, id);
    const limits = usageLimits(config);
    const plan = (planId: string, name: string, more: object) =>
      new UsagePlan(this, planId, {
        name: `${config.WORKLOAD_NAME}-${name}`,
        apiStages: [{ api, stage: api.deploymentStage }],
        ...more,
      });

    this.plans = {
      client: plan('Client', 'client', {
        description: 'Each application, with tokens in its clients',
        throttle: limits.client,
      }),
      server: plan('Server', 'server', {
        description: 'Each application, with tokens on its servers',
        throttle: limits.server,
      }),
    };
    const shared = new ApiKey(this, 'SharedKey', {
      apiKeyName: `${config.WORKLOAD_NAME}-shared`,
      description: 'Of tokens whose application has no API key of its own',
      // No secret: it opens nothing without a token.
      value: sharedUsageKey(config.WORKLOAD_NAME),
    });
    // Without a throttle of its own: the stage's alone holds, as it did before there were plans.
    plan('Shared', 'shared', { description: 'All tokens together that have no API key of their own' }).addApiKey(
      shared,
    );
  }
}
