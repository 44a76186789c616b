import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { expiryAttribute, keyAttribute } from '../../business-logic/shared/personal-data-keys.ts';
import { tableDefaults, type ApplicationTableProps } from './application-table.ts';

/**
 * The keys of personal data, one item for each player, wrapping key and day. Nothing can restore an item that was
 * erased: no point-in-time recovery, wherever data is kept. Stateful: changing its id or key replaces it, and with it
 * goes every player's name.
 */
export class PlayerKeyTable extends TableV2 {
  constructor(scope: Construct, id: string, props: ApplicationTableProps) {
    super(scope, id, {
      ...tableDefaults(props),
      partitionKey: { name: keyAttribute, type: AttributeType.STRING },
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
      timeToLiveAttribute: expiryAttribute,
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-DDB3',
      reason: 'An erased key must not be restorable: point-in-time recovery would bring closed accounts back.',
    });
  }
}
