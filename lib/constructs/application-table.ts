import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

export interface ApplicationTableProps {
  /** Keep the table when the stack is deleted, and be able to restore any second of the last 35 days. */
  readonly keepData: boolean;
  /** Refuse its deletion. */
  readonly isProtected: boolean;
}

/** The registered games, one item each. Stateful: changing its id or key replaces it. */
export class ApplicationTable extends TableV2 {
  constructor(scope: Construct, id: string, props: ApplicationTableProps) {
    super(scope, id, {
      partitionKey: { name: 'application_id', type: AttributeType.STRING },
      ...tableDefaults(props),
    });
  }
}

/** What every table of the pipeline has in common. */
export const tableDefaults = ({ keepData, isProtected }: ApplicationTableProps) => ({
  billing: Billing.onDemand(),
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: keepData },
  deletionProtection: isProtected,
  removalPolicy: keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
});
