import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import { ConsoleDistribution } from '../constructs/console-distribution.ts';
import { ConsoleFiles } from '../constructs/console-files.ts';

export interface ConsoleStackProps extends StackProps {
  readonly config: PipelineConfig;
  /** Of the API, with its stage. */
  readonly apiUrl: string;
}

/** The page that shows reports to people, on one origin with the API. */
export class ConsoleStack extends Stack {
  constructor(scope: Construct, id: string, props: ConsoleStackProps) {
    super(scope, id, props);
    const { config, apiUrl } = props;
    const { bucket } = new ConsoleFiles(this, 'Files', { config });
    const { url } = new ConsoleDistribution(this, 'Distribution', { config, files: bucket, apiUrl });
    new CfnOutput(this, 'ConsoleUrl', { value: url });
  }
}
