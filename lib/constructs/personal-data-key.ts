import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

export interface PersonalDataKeyProps {
  /** Keep the key when the stack is deleted. */
  readonly keepData: boolean;
}

/** The KMS key under which the keys that wrap players' keys lie. Stateful: without it no name can be read again. */
export class PersonalDataKey extends Key {
  constructor(scope: Construct, id: string, { keepData }: PersonalDataKeyProps) {
    super(scope, id, {
      description: 'Wraps the keys under which personal data of players is encrypted',
      enableKeyRotation: true,
      pendingWindow: Duration.days(keepData ? 30 : 7),
      removalPolicy: keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }
}
