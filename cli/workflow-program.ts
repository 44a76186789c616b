import { Command } from 'commander';
import { deliverNow } from './deliver-now.ts';
import { withEndpoints, type DeploymentOptions } from './deployment.ts';
import { jobSummary } from './job-summary.ts';
import { defaultEndpointsFile } from './read-endpoints.ts';
import { describeWorkflow, runFirstJob, runWorkflow, type WorkflowTarget } from './run-workflow.ts';

/** What the command line needs from outside. */
export interface WorkflowDeps {
  /** `apiUrl`: of a pipeline on a laptop, which then delivers what its streams hold before the workflow starts. */
  target(options: DeploymentOptions): WorkflowTarget & { readonly apiUrl: string | undefined };
  print(line: string): void;
}

interface WorkflowOptions extends DeploymentOptions {
  readonly skip?: string;
}

/** `npm run workflow -- …`: takes raw events into the events table now, through Glue's API. */
export function createWorkflowProgram({ target, print }: WorkflowDeps): Command {
  return withEndpoints(new Command('workflow'))
    .description('Runs the Glue workflow, which takes new raw events into the events table, and waits for its end.')
    .option('--skip <keys>', 'run the events job alone and let it pass over these raw objects, parted by commas')
    .option('--workflow <name>', 'workflow of a deployment on AWS (the Workflow output)')
    .option('--region <region>', 'AWS region of that deployment')
    .showHelpAfterError()
    .action(async ({ skip, ...options }: WorkflowOptions) => {
      const found = target(options);
      if (found.endpoint !== undefined && found.apiUrl !== undefined) await deliverNow(found.apiUrl);
      const outcome = await (skip === undefined ? runWorkflow(found) : runFirstJob(found, { '--skip': skip }));
      if (!outcome.succeeded) throw new Error(`the workflow failed: ${describeWorkflow(outcome)}`);
      print(describeWorkflow(outcome));
      if (found.endpoint === undefined) return;
      for (const step of outcome.steps) {
        const summary = jobSummary(options.endpoints ?? defaultEndpointsFile, step);
        if (summary !== undefined) print(`${step.name}: ${summary}`);
      }
    });
}
