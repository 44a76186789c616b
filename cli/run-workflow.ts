import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConcurrentRunsExceededException,
  GetJobRunCommand,
  GetWorkflowCommand,
  GetWorkflowRunCommand,
  GlueClient,
  StartJobRunCommand,
  StartWorkflowRunCommand,
} from '@aws-sdk/client-glue';
import type { Crawl, JobRun, Node, WorkflowRun } from '@aws-sdk/client-glue';
import type { Signer } from './signed-fetch.ts';
import { waits } from './waits.ts';

export interface WorkflowTarget {
  readonly signer: Signer;
  /** Undefined for AWS itself. */
  readonly endpoint: string | undefined;
  readonly workflow: string;
}

/** How one job or crawler of a run ended. */
export interface WorkflowStep {
  readonly kind: 'job' | 'crawler';
  readonly name: string;
  /** `SUCCEEDED`, `FAILED`, …; `NOT STARTED` where what came before did not succeed. */
  readonly state: string;
  readonly startedAt: Date | undefined;
  /** Of a job. */
  readonly runId: string | undefined;
  readonly seconds: number;
  readonly errorMessage: string | undefined;
}

export interface WorkflowOutcome {
  /** `wr_…`; undefined where a job ran alone. */
  readonly runId: string | undefined;
  /** Whether every step succeeded. */
  readonly succeeded: boolean;
  /** In the order in which they started. */
  readonly steps: readonly WorkflowStep[];
}

/** Starts the Glue workflow and waits for its end, on a laptop or on AWS alike. A run that goes on is waited for first. */
export async function runWorkflow(target: WorkflowTarget): Promise<WorkflowOutcome> {
  return withGlue(target, async (client) => {
    const runId = await startRun(client, target.workflow);
    const run = await untilRunEnds(client, target.workflow, runId);
    return outcomeOf(runId, run);
  });
}

/**
 * Runs the workflow's first job alone, with arguments that a run of the workflow cannot be given, and waits for its end.
 * @param jobArguments names with their `--`
 */
export async function runFirstJob(
  target: WorkflowTarget,
  jobArguments: Readonly<Record<string, string>>,
): Promise<WorkflowOutcome> {
  return withGlue(target, async (client) => {
    const JobName = await firstJob(client, target.workflow);
    const { JobRunId } = await client.send(new StartJobRunCommand({ JobName, Arguments: { ...jobArguments } }));
    const run = await untilJobEnds(client, JobName, JobRunId!);
    const steps = [jobStep(JobName, run)];
    return { runId: undefined, succeeded: haveSucceeded(steps), steps };
  });
}

/** `job playlake-dev-process-events SUCCEEDED in 2.1 s, …`, with the errors of steps that have one. */
export function describeWorkflow({ steps }: WorkflowOutcome): string {
  return steps
    .map(({ kind, name, state, seconds, errorMessage }) => {
      const took = state === 'NOT STARTED' ? '' : ` in ${seconds.toFixed(1)} s`;
      return `${kind} ${name} ${state}${took}${errorMessage === undefined ? '' : ` (${errorMessage})`}`;
    })
    .join(', ');
}

async function withGlue<T>(target: WorkflowTarget, use: (client: GlueClient) => Promise<T>): Promise<T> {
  const client = new GlueClient({
    region: target.signer.region,
    credentials: target.signer.credentials,
    ...(target.endpoint === undefined ? {} : { endpoint: target.endpoint }),
  });
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

async function startRun(client: GlueClient, workflow: string): Promise<string> {
  for (const wait of waits()) {
    try {
      const { RunId } = await client.send(new StartWorkflowRunCommand({ Name: workflow }));
      return RunId!;
    } catch (error) {
      // What goes on may have looked for new objects before ours arrived.
      if (!(error instanceof ConcurrentRunsExceededException)) throw error;
      await sleep(wait);
    }
  }
  throw new Error('unreachable');
}

async function untilRunEnds(client: GlueClient, Name: string, RunId: string): Promise<WorkflowRun> {
  for (const wait of waits()) {
    const { Run } = await client.send(new GetWorkflowRunCommand({ Name, RunId }));
    if (Run && Run.Status !== 'RUNNING' && Run.Status !== 'STOPPING') {
      const { Run: whole } = await client.send(new GetWorkflowRunCommand({ Name, RunId, IncludeGraph: true }));
      return whole ?? Run;
    }
    await sleep(wait);
  }
  throw new Error('unreachable');
}

const goingOn: ReadonlySet<string> = new Set(['STARTING', 'RUNNING', 'STOPPING', 'WAITING']);

async function untilJobEnds(client: GlueClient, JobName: string, RunId: string): Promise<JobRun> {
  for (const wait of waits()) {
    const { JobRun: run } = await client.send(new GetJobRunCommand({ JobName, RunId }));
    if (run && !goingOn.has(run.JobRunState ?? '')) return run;
    await sleep(wait);
  }
  throw new Error('unreachable');
}

async function firstJob(client: GlueClient, workflow: string): Promise<string> {
  const { Workflow } = await client.send(new GetWorkflowCommand({ Name: workflow, IncludeGraph: true }));
  const triggers = (Workflow?.Graph?.Nodes ?? []).map((node) => node.TriggerDetails?.Trigger);
  const start = triggers.find((trigger) => trigger?.Type === 'ON_DEMAND' || trigger?.Type === 'SCHEDULED');
  const job = start?.Actions?.find(({ JobName }) => JobName !== undefined)?.JobName;
  if (job === undefined) throw new Error(`workflow ${workflow} starts no job`);
  return job;
}

function outcomeOf(runId: string, run: WorkflowRun): WorkflowOutcome {
  const steps = (run.Graph?.Nodes ?? []).flatMap(stepsOf).toSorted((a, b) => startOf(a) - startOf(b));
  return { runId, succeeded: run.Status === 'COMPLETED' && haveSucceeded(steps), steps };
}

function startOf({ startedAt }: WorkflowStep): number {
  return startedAt?.getTime() ?? Infinity;
}

function stepsOf({ Type, Name = '', JobDetails, CrawlerDetails }: Node): readonly WorkflowStep[] {
  if (Type === 'JOB') {
    const runs = JobDetails?.JobRuns ?? [];
    return runs.length === 0 ? [notStarted('job', Name)] : runs.map((run) => jobStep(Name, run));
  }
  if (Type !== 'CRAWLER') return [];
  const crawls = CrawlerDetails?.Crawls ?? [];
  return crawls.length === 0 ? [notStarted('crawler', Name)] : crawls.map((crawl) => crawlStep(Name, crawl));
}

function notStarted(kind: WorkflowStep['kind'], name: string): WorkflowStep {
  const nothing = { startedAt: undefined, runId: undefined, seconds: 0, errorMessage: undefined };
  return { kind, name, state: 'NOT STARTED', ...nothing };
}

function jobStep(name: string, { Id, JobRunState, StartedOn, CompletedOn, ErrorMessage }: JobRun): WorkflowStep {
  return {
    kind: 'job',
    name,
    state: JobRunState ?? 'UNKNOWN',
    startedAt: StartedOn,
    runId: Id,
    seconds: secondsBetween(StartedOn, CompletedOn),
    errorMessage: ErrorMessage,
  };
}

function crawlStep(name: string, { State, StartedOn, CompletedOn, ErrorMessage }: Crawl): WorkflowStep {
  return {
    kind: 'crawler',
    name,
    state: State ?? 'UNKNOWN',
    startedAt: StartedOn,
    runId: undefined,
    seconds: secondsBetween(StartedOn, CompletedOn),
    errorMessage: ErrorMessage,
  };
}

function secondsBetween(start: Date | undefined, end: Date | undefined): number {
  return start && end ? (Number(end) - Number(start)) / 1000 : 0;
}

function haveSucceeded(steps: readonly WorkflowStep[]): boolean {
  return steps.length > 0 && steps.every(({ state }) => state === 'SUCCEEDED');
}
