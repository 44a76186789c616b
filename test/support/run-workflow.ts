import { runFirstJob, runWorkflow as run } from '../../cli/run-workflow.ts';
import type { WorkflowOutcome, WorkflowTarget } from '../../cli/run-workflow.ts';
import type { Endpoints } from '../../local/runtime.ts';

/** Runs a pipeline's workflow to its end. Throws with what failed, unless every step succeeded. */
export async function runWorkflow(endpoints: Endpoints): Promise<WorkflowOutcome> {
  const outcome = await tryWorkflow(endpoints);
  if (!outcome.succeeded) throw new Error(`the workflow did not succeed: ${JSON.stringify(outcome.steps)}`);
  return outcome;
}

/** Runs a pipeline's workflow to its end, whatever that is. */
export function tryWorkflow(endpoints: Endpoints): Promise<WorkflowOutcome> {
  return run(workflowTarget(endpoints));
}

/** Runs the events job alone, e.g. with `--skip`. */
export function runEventsJob(
  endpoints: Endpoints,
  jobArguments: Readonly<Record<string, string>> = {},
): Promise<WorkflowOutcome> {
  return runFirstJob(workflowTarget(endpoints), jobArguments);
}

function workflowTarget({ region, accessKeyId, secretAccessKey, awsUrl, workflow }: Endpoints): WorkflowTarget {
  if (workflow === null) throw new Error('the pipeline has no workflow');
  return { signer: { region, credentials: { accessKeyId, secretAccessKey } }, endpoint: awsUrl, workflow };
}
