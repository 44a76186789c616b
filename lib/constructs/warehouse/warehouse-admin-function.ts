import { Duration, Validations } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { Env } from '../../../business-logic/shared/env.ts';
import type { PipelineConfig } from '../../../config/schema.ts';
import { warehouseSetupKey } from '../lake-folders.ts';
import { PipelineFunction } from '../pipeline-function.ts';
import { executionsArn, stateMachineArn } from './state-machine.ts';
import { setupMachineName } from './warehouse-setup.ts';

export interface WarehouseAdminFunctionProps {
  readonly config: PipelineConfig;
  readonly lake: IBucket;
}

/** Has the warehouse set up again on an admin's word. It knows the machine by its name, and the warehouse not at all. */
export class WarehouseAdminFunction extends PipelineFunction {
  constructor(scope: Construct, id: string, { config, lake }: WarehouseAdminFunctionProps) {
    const machine = setupMachineName(config);
    super(scope, id, {
      config,
      folder: 'api-admin/warehouse',
      description: 'Has the warehouse set up, and says how far that is',
      // The gateway waits 29 seconds.
      timeout: Duration.seconds(28),
      memoryMegabytes: 512,
      environment: {
        [Env.corsOrigins]: config.CORS_ORIGINS.join(','),
        [Env.lakeBucket]: lake.bucketName,
        [Env.warehouseSetupKey]: warehouseSetupKey,
        [Env.warehouseSetupMachine]: stateMachineArn(scope, machine),
      },
    });
    const may = (actions: string[], ...resourceArns: string[]) =>
      Grant.addToPrincipal({ grantee: this, actions, resourceArns });
    may(['states:ListExecutions', 'states:StartExecution'], stateMachineArn(this, machine));
    may(['states:DescribeExecution'], executionsArn(this, machine));
    may(['s3:GetObject'], lake.arnForObjects(warehouseSetupKey));
    // Without it a missing object is answered as forbidden.
    may(['s3:ListBucket'], lake.bucketArn);
    Validations.of(this.role!).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${machine}:*]`,
      reason: 'Executions have no names before they are started: the wildcard stands for those of the one machine.',
    });
  }
}
