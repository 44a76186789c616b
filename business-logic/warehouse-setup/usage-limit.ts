import {
  CreateUsageLimitCommand,
  GetWorkgroupCommand,
  ListUsageLimitsCommand,
  UpdateUsageLimitCommand,
  type RedshiftServerlessClient,
} from '@aws-sdk/client-redshift-serverless';

/** A workgroup's limit of computing a day, for which CloudFormation has no type. */
const kind = { usageType: 'serverless-compute', period: 'daily', breachAction: 'deactivate' } as const;

/**
 * Sets after how many RPU hours a day the warehouse stops until the next day; there is one such limit or none.
 * @returns a function of the hours
 */
export const usageLimit =
  (client: RedshiftServerlessClient, workgroupName: string) =>
  async (amount: number): Promise<void> => {
    const { workgroup } = await client.send(new GetWorkgroupCommand({ workgroupName }));
    const resourceArn = workgroup?.workgroupArn;
    const { usageLimits = [] } = await client.send(
      new ListUsageLimitsCommand({ resourceArn, usageType: kind.usageType }),
    );
    const same = usageLimits.find(({ period }) => period === kind.period);
    if (same?.amount === amount && same.breachAction === kind.breachAction) return;
    if (same) {
      const { usageLimitId } = same;
      await client.send(new UpdateUsageLimitCommand({ usageLimitId, amount, breachAction: kind.breachAction }));
    } else {
      await client.send(new CreateUsageLimitCommand({ ...kind, resourceArn, amount }));
    }
  };
