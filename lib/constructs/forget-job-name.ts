import { Stack } from 'aws-cdk-lib';
import { Grant, type Role } from 'aws-cdk-lib/aws-iam';
import type { PipelineConfig } from '../../config/schema.ts';

/** The job's name behind the workload's. */
export const forgetJobSuffix = 'forget-players';

/** Name of the job that removes forgotten players from the lake. */
export const forgetJobName = ({ WORKLOAD_NAME }: Pick<PipelineConfig, 'WORKLOAD_NAME'>): string =>
  `${WORKLOAD_NAME}-${forgetJobSuffix}`;

/** Lets a job see whether a run of another one goes on. */
export function grantJobRuns(role: Role, jobName: string): void {
  Grant.addToPrincipal({
    grantee: role,
    actions: ['glue:GetJobRuns'],
    resourceArns: [Stack.of(role).formatArn({ service: 'glue', resource: `job/${jobName}` })],
  });
}
