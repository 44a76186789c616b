import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

export interface GeneratedSecretProps {
  readonly description: string;
  /** Keep the secret when the stack is deleted. */
  readonly keepData: boolean;
  /** What would break if the secret were replaced on a schedule. */
  readonly whyNotRotated: string;
}

/** 64 letters and digits that nobody chose, as plain text. Stateful: a new one makes other digests and signatures. */
export class GeneratedSecret extends Secret {
  constructor(scope: Construct, id: string, { description, keepData, whyNotRotated }: GeneratedSecretProps) {
    super(scope, id, {
      description,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    Validations.of(this).acknowledge({ id: 'AwsSolutions-SMG4', reason: whyNotRotated });
  }
}
