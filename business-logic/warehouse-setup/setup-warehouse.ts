import * as z from 'zod';
import { deploymentRequest, type AnswerDeployment, type DeploymentRequest } from '../shared/deployment-answer.ts';
import type { Logger } from '../shared/logger.ts';
import type { HasTurn } from '../shared/warehouse/other-executions.ts';
import type { SetupNotes } from './setup-progress.ts';
import type { StepRunner } from './setup-steps.ts';

export interface SetupDeps {
  readonly steps: StepRunner;
  readonly notes: SetupNotes;
  readonly othersTurn: HasTurn;
  readonly setUsageLimit: () => Promise<void>;
  /** Starts the machine with an input. */
  readonly startSetup: (input: object) => Promise<void>;
  readonly answer: AnswerDeployment;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly logger: Pick<Logger, 'info' | 'error'>;
}

/** What a state of the machine asks for. */
const stateRequest = z.object({
  action: z.enum(['begin', 'run', 'succeed', 'fail']),
  run: z.string(),
  execution: z.string(),
  startedAt: z.string(),
  input: z.object({
    deployment: deploymentRequest.optional(),
    progress: z.object({ status: z.string(), part: z.number() }).optional(),
    error: z.object({ Error: z.string(), Cause: z.string() }).optional(),
  }),
});

type StateRequest = z.infer<typeof stateRequest>;

/** What a state answers; the machine goes on by the status. */
export interface SetupAnswer {
  readonly status: 'run' | 'wait' | 'done';
  /** The part that comes next. */
  readonly part: number;
}

/** How long one invocation goes on with parts: less than a function may take, by what a part may take. */
const turnMilliseconds = 4 * 60_000;

/** Builds the function that CloudFormation and the machine's states invoke. */
export function setupWarehouse(deps: SetupDeps): (event: unknown) => Promise<SetupAnswer | undefined> {
  return async (event) => {
    const fromDeployment = deploymentRequest.safeParse(event);
    if (fromDeployment.success) return await deploy(fromDeployment.data, deps);
    const request = stateRequest.parse(event);
    return await { begin, run, succeed, fail }[request.action](request, deps);
  };
}

/** A setup takes longer than a function may, so that the machine answers; what goes, goes with the warehouse. */
async function deploy(deployment: DeploymentRequest, { startSetup, answer, logger }: SetupDeps): Promise<undefined> {
  if (deployment.RequestType === 'Delete') {
    await answer(deployment);
    return;
  }
  try {
    await startSetup({ deployment });
  } catch (error) {
    logger.error('a setup could not be started', { error });
    await answer(deployment, `the setup could not be started: ${messageOf(error)}`);
  }
}

async function begin(request: StateRequest, deps: SetupDeps): Promise<SetupAnswer> {
  if (await deps.othersTurn(request)) return { status: 'wait', part: 0 };
  await note(request, 'RUNNING', 0, deps);
  await deps.setUsageLimit();
  return { status: 'run', part: 0 };
}

async function run(request: StateRequest, deps: SetupDeps): Promise<SetupAnswer> {
  const until = deps.now() + turnMilliseconds;
  let part = request.input.progress?.part ?? 0;
  while (part < deps.steps.count && deps.now() < until) {
    await deps.steps.run(part);
    part += 1;
    await note(request, 'RUNNING', part, deps);
  }
  return part < deps.steps.count ? { status: 'run', part } : { status: 'done', part };
}

async function succeed(request: StateRequest, deps: SetupDeps): Promise<SetupAnswer> {
  const { count } = deps.steps;
  await note(request, 'SUCCEEDED', count, deps);
  if (request.input.deployment) await deps.answer(request.input.deployment);
  deps.logger.info('the warehouse is set up', { setup: request.run, parts: count });
  return { status: 'done', part: count };
}

async function fail(request: StateRequest, deps: SetupDeps): Promise<SetupAnswer> {
  const error = causeOf(request.input.error?.Cause) ?? 'it is not known why';
  const done = (await deps.notes.read())?.StatementsDone ?? 0;
  await note(request, 'FAILED', done, deps, error);
  deps.logger.error('the warehouse could not be set up', { setup: request.run, reason: error });
  if (request.input.deployment) await deps.answer(request.input.deployment, error);
  return { status: 'done', part: done };
}

async function note(
  { run: SetupId }: StateRequest,
  Status: 'RUNNING' | 'SUCCEEDED' | 'FAILED',
  StatementsDone: number,
  { notes, steps }: SetupDeps,
  Error?: string,
): Promise<void> {
  await notes.write({
    SetupId,
    Status,
    StatementsDone,
    Statements: steps.count,
    ...(Error !== undefined && { Error }),
  });
}

/** What a function threw comes as JSON in the cause. */
function causeOf(cause: string | undefined): string | undefined {
  const thrown = z.object({ errorMessage: z.string() });
  try {
    const parsed = thrown.safeParse(JSON.parse(cause ?? ''));
    return parsed.success ? parsed.data.errorMessage : cause;
  } catch {
    return cause;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
