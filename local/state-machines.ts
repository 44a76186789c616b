import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { errorText } from './error-text.ts';
import { AwsError } from './runtime.ts';
import type { Clock, LocalLog, Metrics, Runtime, StateMachines } from './runtime.ts';
import { readDefinition } from './state-machines/definition.ts';
import type { Definition } from './state-machines/definition.ts';
import { openExecutionStore } from './state-machines/execution-store.ts';
import type { Execution, ExecutionStatus, HistoryEvent, Outcome } from './state-machines/execution.ts';
import { MAX_DATA_BYTES } from './state-machines/data-flow.ts';
import { readMachineProperties } from './state-machines/machine-properties.ts';
import { newFrame, runBranch } from './state-machines/run-branch.ts';
import { Halted, LONGEST_MILLIS } from './state-machines/waiting.ts';
import { createTasks } from './state-machines/tasks.ts';
import type { TaskBackends } from './state-machines/tasks.ts';

/** A state machine of the template. */
export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: Definition;
  /** JSON, as the template has it. */
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** What the Step Functions protocol needs beyond what the rest of the runtime does. */
export interface LocalStateMachines extends StateMachines {
  /** In the order of their names. */
  machines(): readonly StateMachine[];
  /** Throws StateMachineDoesNotExist. */
  machine(arn: unknown): StateMachine;
  /** Newest first. */
  executions(machineArn: string): readonly Execution[];
  /** Throws ExecutionDoesNotExist. */
  execution(arn: unknown): Execution;
  history(arn: string): Promise<readonly HistoryEvent[]>;
  /** Ends an execution where it stands; what its task does goes on. Gives back when it ended. */
  abort(arn: string, error: string | undefined, cause: string | undefined): Promise<number>;
  /** Aborts what runs and forgets every execution. */
  reset(): Promise<void>;
  /** Lets tasks end that are underway, for a while; the next start goes on from there. */
  stop(): Promise<void>;
}

export interface StateMachinesOptions extends TaskBackends, Pick<Runtime, 'assetPath'> {
  readonly dataDir: string;
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly log: LocalLog;
  readonly metrics?: Pick<Metrics, 'put'>;
  /** Milliseconds that tasks get to end when the runtime stops. Default 5000. */
  readonly graceMillis?: number;
}

/** An execution that goes on. */
interface Running {
  /** Ends it before its next state. */
  readonly halt: AbortController;
  /** Ends it in the middle of a task. */
  readonly abandon: AbortController;
  readonly done: Promise<void>;
}

/** Step Functions' standard workflows for one data directory. */
export async function createStateMachines(options: StateMachinesOptions): Promise<LocalStateMachines> {
  const { dataDir, region, accountId, clock, log, metrics, graceMillis = 5000 } = options;
  const machines = new Map<string, StateMachine>();
  const store = await openExecutionStore(join(dataDir, 'executions'));
  const tasks = createTasks(options);
  const running = new Map<string, Running>();
  let stopping = false;

  function countEnded({ machineArn, startedAt }: Execution, status: ExecutionStatus): void {
    const dimensions = { StateMachineArn: machineArn };
    for (const [one, name] of Object.entries(ENDED)) {
      const value = Number(one === status);
      metrics?.put({ namespace: 'AWS/States', name, dimensions, value, unit: 'Count' });
    }
    const value = clock() - startedAt;
    metrics?.put({ namespace: 'AWS/States', name: 'ExecutionTime', dimensions, value, unit: 'Milliseconds' });
  }

  async function end(execution: Execution, status: ExecutionStatus, ended: Partial<Execution>): Promise<void> {
    Object.assign(execution, ended, { status, stoppedAt: clock() });
    await store.save(execution);
    await store.record(execution, ENDINGS[status], clock(), endDetails(execution));
    const { name, error, cause } = execution;
    const fields = {
      stateMachine: execution.machineArn.slice(execution.machineArn.lastIndexOf(':') + 1),
      execution: name,
    };
    countEnded(execution, status);
    if (status === 'SUCCEEDED') log.info('an execution succeeded', fields);
    else log.error('an execution did not succeed', { ...fields, status, error, cause });
  }

  async function go(execution: Execution, { halt, abandon }: Omit<Running, 'done'>): Promise<void> {
    const { definition, root, roleArn, arn, name, machineArn, input, startedAt } = execution;
    const left = (definition.TimeoutSeconds ?? Infinity) * 1000 - (clock() - startedAt);
    const timeOut = (): void => {
      halt.abort('timeout');
      abandon.abort();
    };
    const timer = Number.isFinite(left)
      ? setTimeout(timeOut, Math.min(Math.max(0, left), LONGEST_MILLIS)).unref()
      : undefined;
    // The state did not fail: the next start goes on from what is on disk.
    const cannotGoOn = (error: unknown): never => {
      log.error('an execution cannot go on', { execution: arn, error: errorText(error) });
      throw new Halted();
    };
    try {
      await runBranch(definition, root, {
        clock,
        signal: halt.signal,
        abandoned: abandon.signal,
        context: {
          Execution: {
            Id: arn,
            Input: JSON.parse(input) as unknown,
            Name: name,
            RoleArn: roleArn,
            StartTime: new Date(startedAt).toISOString(),
            RedriveCount: 0,
          },
          StateMachine: { Id: machineArn, Name: machineArn.slice(machineArn.lastIndexOf(':') + 1) },
        },
        save: () => store.save(execution).catch(cannotGoOn),
        record: (type, details) => store.record(execution, type, clock(), details).catch(cannotGoOn),
        perform: (resource, parameters) => tasks.perform(resource, parameters, roleArn),
      });
      await settle(execution, root.outcome!);
    } catch (error) {
      if (!(error instanceof Halted)) throw error;
      if (halt.signal.reason === 'timeout') await end(execution, 'TIMED_OUT', { error: 'States.Timeout' });
    } finally {
      clearTimeout(timer);
    }
  }

  async function settle(execution: Execution, outcome: Outcome): Promise<void> {
    if ('output' in outcome) await end(execution, 'SUCCEEDED', { output: JSON.stringify(outcome.output) });
    else await end(execution, 'FAILED', outcome);
  }

  /** In the background: nobody waits for an execution. */
  function run(execution: Execution): void {
    const ends = { halt: new AbortController(), abandon: new AbortController() };
    const done = go(execution, ends)
      .catch((error: unknown) =>
        log.error('an execution cannot go on', { execution: execution.arn, error: errorText(error) }),
      )
      .finally(() => running.delete(execution.arn));
    running.set(execution.arn, { ...ends, done });
  }

  function machine(arn: unknown): StateMachine {
    const found = typeof arn === 'string' ? machines.get(arn) : undefined;
    if (found) return found;
    throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${String(arn)}'`);
  }

  function execution(arn: unknown): Execution {
    const found = typeof arn === 'string' ? store.get(arn) : undefined;
    if (found) return found;
    throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${String(arn)}'`);
  }

  async function halt(arn: string): Promise<void> {
    const one = running.get(arn);
    one?.halt.abort('stopped');
    one?.abandon.abort();
    await one?.done;
  }

  return {
    define(name, properties) {
      const arn = `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
      const { text, roleArn } = readMachineProperties(properties, options);
      const definition = readDefinition(text, tasks.check);
      machines.set(arn, { arn, name, roleArn, definition, text, createdAt: clock() });
      return arn;
    },
    has: (arn) => machines.has(arn),
    async start(machineArn, input, name = randomUUID()) {
      const { definition, roleArn, arn: stateMachineArn, name: machineName } = machine(machineArn);
      const value = readInput(input);
      if (!NAME.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
      const arn = `arn:aws:states:${region}:${accountId}:execution:${machineName}:${name}`;
      const present = store.get(arn);
      if (present?.status === 'RUNNING' && present.input === input) return arn;
      if (present) throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
      const now = clock();
      const root = newFrame(definition, value, now);
      const made: Execution = {
        arn,
        machineArn: stateMachineArn,
        name,
        roleArn,
        definition,
        input,
        startedAt: now,
        status: 'RUNNING',
        root,
      };
      await store.add(made);
      await store.record(made, 'ExecutionStarted', now, { executionStartedEventDetails: { input, roleArn } });
      const { Type } = definition.States[root.state]!;
      await store.record(made, `${Type}StateEntered`, now, { stateEnteredEventDetails: { name: root.state, input } });
      if (!stopping) run(made);
      return arn;
    },
    async recover() {
      for (const one of store.all()) {
        if (one.status !== 'RUNNING' || running.has(one.arn) || !machines.has(one.machineArn)) continue;
        log.info('an execution goes on that was running when the process ended', { execution: one.arn });
        run(one);
      }
    },
    async abandonOthers() {
      for (const one of store.all()) {
        if (one.status !== 'RUNNING' || machines.has(one.machineArn)) continue;
        await end(one, 'ABORTED', { cause: 'its state machine has left the template' });
      }
    },
    machines: () => [...machines.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    machine,
    executions: (machineArn) => store.all().filter((one) => one.machineArn === machineArn),
    execution,
    history: store.history,
    async abort(arn, error, cause) {
      const one = execution(arn);
      await halt(arn);
      if (one.status === 'RUNNING') await end(one, 'ABORTED', { error, cause });
      return one.stoppedAt ?? clock();
    },
    async reset() {
      for (const arn of running.keys()) await halt(arn);
      await store.clear();
    },
    async stop() {
      stopping = true;
      for (const { halt: soon } of running.values()) soon.abort('stopping');
      const late = setTimeout(() => {
        for (const { abandon } of running.values()) abandon.abort();
      }, graceMillis);
      await Promise.all(Array.from(running.values(), ({ done }) => done));
      clearTimeout(late);
    },
  };
}

/** What AWS takes as an execution's name. */
const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u;

/** Metrics of how executions end; each end counts for all of them, as 0 or 1. */
const ENDED = {
  SUCCEEDED: 'ExecutionsSucceeded',
  FAILED: 'ExecutionsFailed',
  TIMED_OUT: 'ExecutionsTimedOut',
  ABORTED: 'ExecutionsAborted',
};

const ENDINGS: Readonly<Record<ExecutionStatus, string>> = {
  RUNNING: 'ExecutionStarted',
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
};

function endDetails({ status, output, error, cause }: Execution): Record<string, unknown> {
  if (status === 'SUCCEEDED') return { executionSucceededEventDetails: { output } };
  const member = { FAILED: 'Failed', TIMED_OUT: 'TimedOut', ABORTED: 'Aborted', RUNNING: 'Started' }[status];
  return { [`execution${member}EventDetails`]: { error, cause } };
}

function readInput(input: string): unknown {
  if (Buffer.byteLength(input) > MAX_DATA_BYTES) {
    throw new AwsError('InvalidExecutionInput', `Input is longer than ${MAX_DATA_BYTES} bytes`);
  }
  try {
    return JSON.parse(input) as unknown;
  } catch {
    throw new AwsError('InvalidExecutionInput', 'Invalid State Machine Execution Input: it is no JSON');
  }
}
