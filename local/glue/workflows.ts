import { randomBytes } from 'node:crypto';
import { AwsError } from '../runtime.ts';
import type { Clock, LocalLog, Properties } from '../runtime.ts';
import type { Crawlers } from './crawlers.ts';
import { isOver } from './job-run.ts';
import type { Jobs } from './jobs.ts';
import { openRecordLog } from '../record-log.ts';
import { isMet, readTrigger } from './trigger.ts';
import type { Outcome, Trigger, TriggerAction } from './trigger.ts';
import { workflowGraph } from './workflow-graph.ts';
import { statisticsOf } from './workflow-run.ts';
import type { SeenAction, StartedAction, StoredWorkflowRun, WorkflowRunStatus } from './workflow-run.ts';

export interface WorkflowsOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: LocalLog;
  readonly jobs: Jobs;
  readonly crawlers: Crawlers;
}

/** Glue's workflows, their triggers and their runs. Names that are not there are EntityNotFoundException. */
export interface Workflows {
  define(name: string, properties: Properties): void;
  defineTrigger(name: string, properties: Properties): void;
  names(): readonly string[];
  triggers(): readonly Trigger[];
  /** As GetWorkflow answers it. */
  describe(name: string, includeGraph: boolean): Readonly<Record<string, unknown>>;
  /** The id of the new run. Throws AwsError: ConcurrentRunsExceededException, InvalidInputException. */
  start(name: string, properties?: Readonly<Record<string, string>>): string;
  /** As GetWorkflowRun answers it. */
  run(name: string, id: string, includeGraph: boolean): Readonly<Record<string, unknown>>;
  /** Newest first. */
  runs(name: string, includeGraph: boolean): readonly Readonly<Record<string, unknown>>[];
  properties(name: string, id: string): Readonly<Record<string, string>>;
  /** Stops what the run has started; nothing more is. */
  stop(name: string, id: string): void;
  /** Has a function called after each run that ends, however it does. */
  whenRunEnds(call: () => void): void;
  /** Ends the runs that a killed process left. Throws on a trigger that names what is not there. */
  recover(): void;
  /** Starts nothing more in the present runs: they are over when what runs is. */
  drain(): void;
  clear(): void;
}

/** Runs that are remembered. */
const KEPT = 1000;

export function createWorkflows({ dataDir, clock, log, jobs, crawlers }: WorkflowsOptions): Workflows {
  const definitions = new Map<string, Properties>();
  const triggers = new Map<string, Trigger>();
  const store = openRecordLog<StoredWorkflowRun>(`${dataDir}/glue/workflow-runs.jsonl`, KEPT);
  const told: (() => void)[] = [];
  const now = () => clock() / 1000;

  const defined = (name: string): Properties => {
    const definition = definitions.get(name);
    if (!definition) throw new AwsError('EntityNotFoundException', `Entity not found: workflow ${name}`);
    return definition;
  };
  const triggersOf = (name: string) => [...triggers.values()].filter(({ WorkflowName }) => WorkflowName === name);
  const runsOf = (name: string) => store.all().filter((run) => run.name === name);
  const found = (name: string, id: string): StoredWorkflowRun => {
    defined(name);
    const run = store.get(id);
    if (run?.name !== name) throw new AwsError('EntityNotFoundException', `Entity not found: workflow run ${id}`);
    return run;
  };
  const change = (id: string, edit: (run: StoredWorkflowRun) => Partial<StoredWorkflowRun>): void => {
    const run = store.get(id);
    if (run) store.put(id, { ...run, ...edit(run) });
  };

  /** Starts what a trigger starts; one action that cannot start keeps no other back. */
  function fire(id: string, trigger: Trigger, predecessors: readonly SeenAction[]): void {
    change(id, ({ fired }) => ({ fired: [...fired, trigger.Name] }));
    for (const action of trigger.Actions) {
      const { started, done } = startAction(id, trigger, action, predecessors);
      change(id, ({ actions }) => ({ actions: [...actions, started] }));
      void goOn(id, started, done);
    }
  }

  async function goOn(id: string, started: StartedAction, done: Promise<StartedAction>): Promise<void> {
    const ended = await done;
    change(id, ({ actions }) => ({ actions: actions.map((one) => (one === started ? ended : one)) }));
    advance(id);
  }

  function startAction(
    id: string,
    trigger: Trigger,
    { JobName, CrawlerName = '', Arguments = {} }: TriggerAction,
    predecessors: readonly SeenAction[],
  ): { readonly started: StartedAction; readonly done: Promise<StartedAction> } {
    if (JobName === undefined) {
      try {
        const { crawl, done } = crawlers.start(CrawlerName);
        const started = { kind: 'crawler' as const, name: CrawlerName, crawl };
        return { started, done: done.then((ended) => ({ ...started, crawl: ended })) };
      } catch (error) {
        const crawl = {
          State: 'FAILED',
          StartedOn: now(),
          CompletedOn: now(),
          ErrorMessage: messageOf(error),
        } as const;
        const failed = {
          kind: 'crawler' as const,
          name: CrawlerName,
          crawl: { ...crawl, LogGroup: '', LogStream: '' },
        };
        log.error('a crawler could not be started', { crawler: CrawlerName, message: crawl.ErrorMessage });
        return { started: failed, done: Promise.resolve(failed) };
      }
    }
    const options = {
      arguments: { ...Arguments, '--WORKFLOW_NAME': trigger.WorkflowName, '--WORKFLOW_RUN_ID': id },
      triggerName: trigger.Name,
      predecessors: predecessors.flatMap((one) =>
        one.kind === 'job' ? [{ JobName: one.name, RunId: one.jobRun.Id }] : [],
      ),
    };
    try {
      const { run, done } = jobs.start(JobName, options);
      const started = { kind: 'job' as const, name: JobName, runId: run.Id };
      return { started, done: done.then(() => started) };
    } catch (error) {
      const refused = {
        kind: 'job' as const,
        name: JobName,
        runId: jobs.refuse(JobName, messageOf(error), options).Id,
      };
      return { started: refused, done: Promise.resolve(refused) };
    }
  }

  /** Fires the triggers whose conditions hold now; a run with nothing under way is over. */
  function advance(id: string): void {
    const run = store.get(id);
    if (!run || (run.status !== 'RUNNING' && run.status !== 'STOPPING')) return;
    const actions = seen(run);
    if (run.status === 'RUNNING') {
      const outcomes: readonly Outcome[] = actions.filter(isEnded);
      for (const trigger of triggersOf(run.name)) {
        if (trigger.State !== 'ACTIVATED' || run.fired.includes(trigger.Name) || !isMet(trigger, outcomes)) continue;
        fire(id, trigger, actions);
      }
    }
    const after = store.get(id);
    if (!after || !seen(after).every(isEnded)) return;
    finish(id, after.status === 'STOPPING' ? 'STOPPED' : 'COMPLETED');
  }

  function finish(id: string, status: WorkflowRunStatus): void {
    change(id, () => ({ status, completedOn: now() }));
    const run = store.get(id);
    if (run) log.info('a workflow run ended', { workflow: run.name, run: id, status });
    for (const call of told) call();
  }

  function seen({ actions }: StoredWorkflowRun): readonly SeenAction[] {
    return actions.flatMap((action): SeenAction[] => {
      if (action.kind === 'crawler') return [{ ...action, state: action.crawl.State }];
      const jobRun = jobs.find(action.runId);
      return jobRun ? [{ kind: 'job', name: action.name, state: jobRun.JobRunState, jobRun }] : [];
    });
  }

  function describeRun(run: StoredWorkflowRun, includeGraph: boolean): Record<string, unknown> {
    const actions = seen(run);
    const own = triggersOf(run.name);
    const total = new Set(own.flatMap(({ Actions }) => Actions.map((one) => one.JobName ?? one.CrawlerName))).size;
    return {
      Name: run.name,
      WorkflowRunId: run.id,
      ...(run.previousId !== undefined && { PreviousRunId: run.previousId }),
      WorkflowRunProperties: run.properties,
      StartedOn: run.startedOn,
      ...(run.completedOn !== undefined && { CompletedOn: run.completedOn }),
      Status: run.status,
      Statistics: statisticsOf(actions, total),
      ...(includeGraph && { Graph: workflowGraph(run.name, own, actions) }),
    };
  }

  return {
    define: (name, properties) => void definitions.set(name, properties),
    defineTrigger: (name, properties) => void triggers.set(name, readTrigger(name, properties)),
    names: () => [...definitions.keys()].toSorted(),
    triggers: () => [...triggers.values()],
    describe(name, includeGraph) {
      const { Tags: _, MaxConcurrentRuns, ...properties } = defined(name);
      const [last] = runsOf(name);
      return {
        ...properties,
        Name: name,
        ...(MaxConcurrentRuns !== undefined && { MaxConcurrentRuns: Number(MaxConcurrentRuns) }),
        ...(last && { LastRun: describeRun(last, includeGraph) }),
        ...(includeGraph && { Graph: workflowGraph(name, triggersOf(name)) }),
      };
    },
    start(name, properties = {}) {
      const { MaxConcurrentRuns, DefaultRunProperties = {} } = defined(name);
      const start = triggersOf(name).find(({ Type }) => Type === 'ON_DEMAND');
      if (!start) throw new AwsError('InvalidInputException', `Workflow ${name} does not have a start trigger`);
      const running = runsOf(name).filter(({ status }) => status === 'RUNNING' || status === 'STOPPING');
      if (running.length >= Number(MaxConcurrentRuns ?? Infinity))
        throw new AwsError('ConcurrentRunsExceededException', `Concurrent runs exceeded for workflow: ${name}`);
      const id = `wr_${randomBytes(32).toString('hex')}`;
      const [previous] = runsOf(name);
      store.put(id, {
        name,
        id,
        ...(previous && { previousId: previous.id }),
        properties: { ...(DefaultRunProperties as Readonly<Record<string, string>>), ...properties },
        startedOn: now(),
        status: 'RUNNING',
        actions: [],
        fired: [],
      });
      log.info('a workflow run began', { workflow: name, run: id });
      fire(id, start, []);
      return id;
    },
    run: (name, id, includeGraph) => describeRun(found(name, id), includeGraph),
    runs(name, includeGraph) {
      defined(name);
      return runsOf(name).map((run) => describeRun(run, includeGraph));
    },
    properties: (name, id) => found(name, id).properties,
    stop(name, id) {
      const run = found(name, id);
      if (run.status !== 'RUNNING')
        throw new AwsError('IllegalWorkflowStateException', `Workflow run ${id} is in state ${run.status}`);
      change(id, () => ({ status: 'STOPPING' }));
      for (const action of seen(run)) {
        if (isEnded(action)) continue;
        if (action.kind === 'job') jobs.stop(action.name, action.jobRun.Id);
        else crawlers.stop(action.name);
      }
      advance(id);
    },
    whenRunEnds: (call) => void told.push(call),
    recover() {
      for (const trigger of triggers.values()) checkNames(trigger, { jobs, crawlers, workflows: definitions });
      for (const run of store.all()) {
        if (run.status !== 'RUNNING' && run.status !== 'STOPPING') continue;
        const ended = run.actions.map((action) =>
          action.kind === 'crawler' && action.crawl.State === 'RUNNING' ? interrupted(action, now()) : action,
        );
        change(run.id, () => ({ actions: ended }));
        finish(run.id, run.status === 'STOPPING' ? 'STOPPED' : 'COMPLETED');
      }
    },
    drain() {
      for (const { id, status } of store.all()) if (status === 'RUNNING') change(id, () => ({ status: 'STOPPING' }));
    },
    clear: () => store.clear(),
  };
}

interface Known {
  readonly jobs: Pick<Jobs, 'names'>;
  readonly crawlers: Pick<Crawlers, 'names'>;
  readonly workflows: ReadonlyMap<string, unknown>;
}

function checkNames({ Name, WorkflowName, Actions, Predicate }: Trigger, { jobs, crawlers, workflows }: Known): void {
  const absent = (kind: string, name: string) => new Error(`trigger ${Name} names ${kind} ${name}, which is not there`);
  if (!workflows.has(WorkflowName)) throw absent('workflow', WorkflowName);
  for (const { JobName, CrawlerName } of [...Actions, ...(Predicate?.Conditions ?? [])]) {
    if (JobName !== undefined && !jobs.names().includes(JobName)) throw absent('job', JobName);
    if (CrawlerName !== undefined && !crawlers.names().includes(CrawlerName)) throw absent('crawler', CrawlerName);
  }
}

function isEnded(action: SeenAction): boolean {
  return action.kind === 'job' ? isOver(action.jobRun) : action.state !== 'RUNNING';
}

function interrupted(action: Extract<StartedAction, { kind: 'crawler' }>, now: number): StartedAction {
  const ErrorMessage = 'The pipeline ended while the crawler ran';
  return { ...action, crawl: { ...action.crawl, State: 'FAILED', CompletedOn: now, ErrorMessage } };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
