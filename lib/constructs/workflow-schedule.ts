import { Aws, Duration, Stack } from 'aws-cdk-lib';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { SnsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { Env } from '../../business-logic/shared/env.ts';
import type { PipelineConfig } from '../../config/schema.ts';
import { manifestKey } from './lake-folders.ts';
import { PipelineFunction } from './pipeline-function.ts';

export interface WorkflowScheduleProps {
  readonly config: PipelineConfig;
  readonly lake: IBucket;
  /** Name of the workflow. */
  readonly workflow: string;
  /** Hears of a look that failed. */
  readonly failures: ITopic;
}

/** At each time of ETL_SCHEDULE a function looks for new raw objects, and starts the workflow if there are any. */
export class WorkflowSchedule extends Construct {
  readonly starter: PipelineFunction;

  constructor(scope: Construct, id: string, props: WorkflowScheduleProps) {
    super(scope, id);
    const { config } = props;
    const starter = this.#starter(props);
    this.starter = starter;

    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    Grant.addToPrincipal({ grantee: role, actions: ['lambda:InvokeFunction'], resourceArns: [starter.functionArn] });

    const schedule = new CfnSchedule(this, 'Schedule', {
      name: `${config.WORKLOAD_NAME}-workflow`,
      description: 'Looks whether the workflow has anything to do',
      scheduleExpression: config.ETL_SCHEDULE,
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: starter.functionArn,
        roleArn: role.roleArn,
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: Duration.hours(1).toSeconds() },
      },
    });
    schedule.node.addDependency(role);
  }

  #starter({ config, lake, workflow, failures }: WorkflowScheduleProps): PipelineFunction {
    const starter = new PipelineFunction(this, 'StartWorkflow', {
      config,
      folder: 'start-workflow',
      description: 'Starts the workflow if raw objects have arrived that it has not taken',
      timeout: Duration.minutes(2),
      memoryMegabytes: 512,
      environment: {
        [Env.workflowName]: workflow,
        [Env.lakeBucket]: lake.bucketName,
        [Env.rawEventsPrefix]: config.RAW_EVENTS_PREFIX,
        [Env.manifestKey]: manifestKey,
      },
    });
    const may = (action: string, ...resourceArns: string[]) =>
      Grant.addToPrincipal({ grantee: starter, actions: [action], resourceArns });
    may('s3:ListBucket', lake.bucketArn);
    may('s3:GetObject', lake.arnForObjects(manifestKey));
    may(
      'glue:StartWorkflowRun',
      Stack.of(this).formatArn({ service: 'glue', resource: 'workflow', resourceName: workflow }),
    );
    starter.configureAsyncInvoke({ onFailure: new SnsDestination(failures), retryAttempts: 2 });
    return starter;
  }
}
