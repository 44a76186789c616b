import { runFirstJob, runWorkflow as run } from '../../cli/run-workflow.ts';
import type { WorkflowOutcome, WorkflowTarget } from '../../cli/run-workflow.ts';
import { loadWarehouse, type LoadOutcome } from '../../cli/warehouse/load-warehouse.ts';
import type { Endpoints } from '../../local/runtime.ts';

/**
 * Runs a pipeline's workflow to its end, and behind it the load of the warehouse where there is one. Throws with what
 * failed, unless every step succeeded.
 */
export async function runWorkflow(endpoints: Endpoints): Promise<WorkflowOutcome> {
  const outcome = await runWorkflowAlone(endpoints);
  if (endpoints.redshiftWorkgroup !== null) await runLoad(endpoints);
  return outcome;
}

/** The same without the load, for a lake in which events go on arriving: a load leaves what has come meanwhile. */
export async function runWorkflowAlone(endpoints: Endpoints): Promise<WorkflowOutcome> {
  const outcome = await tryWorkflow(endpoints);
  if (!outcome.succeeded) throw new Error(`the workflow did not succeed: ${JSON.stringify(outcome.steps)}`);
  return outcome;
}

/** Loads what has been delivered into a pipeline's warehouse. Throws when it fails or a file could not be loaded. */
export async function runLoad(endpoints: Endpoints): Promise<LoadOutcome> {
  const { region, accessKeyId, secretAccessKey, awsUrl, accountId, redshiftWorkgroup } = endpoints;
  if (redshiftWorkgroup === null) throw new Error('the pipeline has no warehouse');
  const signer = { region, credentials: { accessKeyId, secretAccessKey } };
  const outcome = await loadWarehouse({ signer, endpoint: awsUrl, accountId, workgroup: redshiftWorkgroup });
  if (outcome.left + outcome.deadLetters > 0) throw new Error(`not all was loaded: ${JSON.stringify(outcome)}`);
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
