import { randomBytes } from 'node:crypto';
import { AwsError } from '../runtime.ts';
import type { Catalog, Clock, Credentials, EventBus, LocalLog, ObjectStore, Properties } from '../runtime.ts';
import { isOver } from './job-run.ts';
import type { JobRun, JobRunState } from './job-run.ts';
import { openJobLog } from './job-log.ts';
import type { LocalJob, LocalJobContext } from './job-runner.ts';
import { actorOf } from '../policy/actor.ts';
import type { Actor, Judge } from '../policy/actor.ts';
import { catalogAs } from '../policy/catalog-as.ts';
import { objectsAs } from '../policy/objects-as.ts';
import { mayLog } from '../policy/service-log.ts';
import { openRecordLog } from '../record-log.ts';

export interface JobsOptions {
  readonly dataDir: string;
  readonly objects: ObjectStore;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: LocalLog;
  readonly events: Pick<EventBus, 'put'>;
  readonly credentials: Pick<Credentials, 'forRole'> & Judge;
  /** Of the AWS protocols. */
  readonly awsUrl: string;
  readonly region: string;
  readonly accountId: string;
  assetPath(objectKey: string): string | undefined;
  /** What stands in for a script, by its name without folders and ending. */
  readonly scripts: Readonly<Record<string, LocalJob>>;
}

/** What a run may be told beyond its job's definition. */
export interface StartJobRun {
  readonly arguments?: Readonly<Record<string, string>>;
  readonly triggerName?: string;
  readonly predecessors?: JobRun['PredecessorRuns'];
}

export interface StartedJobRun {
  readonly run: JobRun;
  /** The run once it is over; never rejects. */
  readonly done: Promise<JobRun>;
}

/** Glue's jobs and their runs. */
export interface Jobs {
  define(name: string, properties: Properties): void;
  names(): readonly string[];
  /** As GetJob answers it. Throws EntityNotFoundException. */
  describe(name: string): Readonly<Record<string, unknown>>;
  defaultArguments(name: string): Readonly<Record<string, string>>;
  /** Throws AwsError: EntityNotFoundException, ConcurrentRunsExceededException. */
  start(name: string, options?: StartJobRun): StartedJobRun;
  /** A run that could not be started, in the state ERROR: what a trigger leaves behind where `start` throws. */
  refuse(name: string, reason: string, options?: StartJobRun): JobRun;
  run(name: string, id: string): JobRun | undefined;
  /** Also a run of a job that is no longer defined. */
  find(id: string): JobRun | undefined;
  /** Newest first. */
  runs(name: string): readonly JobRun[];
  /** Asks a run to stop; its state is STOPPING until it has. Throws AwsError where it is not running. */
  stop(name: string, id: string): void;
  /** Ends the runs that a killed process left, as FAILED. */
  recover(): void;
  /** Stops what runs, and waits for it. */
  stopAll(): Promise<void>;
  clear(): void;
}

/** Runs that are remembered. */
const KEPT = 1000;

/** Minutes that Glue gives a run unless the job says otherwise. */
const DEFAULT_TIMEOUT = 480;

/** Milliseconds that a stopped run gets to end; what it leaves behind, the next run mends. */
const GRACE = 10_000;

/** Why a run is ended before it is done, and the state it is left in. */
class RunEnded extends Error {
  override readonly name = 'RunEnded';
  readonly state: JobRunState;

  constructor(state: JobRunState, message: string) {
    super(message);
    this.state = state;
  }
}

interface Underway {
  readonly controller: AbortController;
  readonly done: Promise<JobRun>;
}

export function createJobs(options: JobsOptions): Jobs {
  const { dataDir, clock, log, events } = options;
  const definitions = new Map<string, Properties>();
  const store = openRecordLog<JobRun>(`${dataDir}/glue/job-runs.jsonl`, KEPT);
  const underway = new Map<string, Underway>();
  const now = () => clock() / 1000;

  const defined = (name: string): Properties => {
    const definition = definitions.get(name);
    if (!definition) throw new AwsError('EntityNotFoundException', `Entity not found: job ${name}`);
    return definition;
  };
  const defaultArguments = (name: string) => texts(defined(name).DefaultArguments);
  const runsOf = (name: string) => store.all().filter((run) => run.JobName === name);

  function change(run: JobRun, changes: Partial<JobRun>): JobRun {
    const changed = { ...run, ...changes, LastModifiedOn: now() };
    store.put(run.Id, changed);
    return changed;
  }

  function end(run: JobRun, JobRunState: JobRunState, ErrorMessage?: string): JobRun {
    const ended = change(run, {
      JobRunState,
      CompletedOn: now(),
      ExecutionTime: Math.round(now() - run.StartedOn),
      ...(ErrorMessage !== undefined && { ErrorMessage }),
    });
    const fields = { job: run.JobName, run: run.Id, ...(ErrorMessage !== undefined && { message: ErrorMessage }) };
    if (JobRunState === 'SUCCEEDED') log.info('a Glue job succeeded', fields);
    else if (JobRunState === 'STOPPED') log.warn('a Glue job was stopped', fields);
    else log.error('a Glue job failed', { ...fields, state: JobRunState });
    events.put(stateChange(ended));
    return ended;
  }

  function newRun(name: string, JobRunState: JobRunState, given: StartJobRun): JobRun {
    const { Timeout, GlueVersion, WorkerType, NumberOfWorkers } = defined(name);
    const run: JobRun = {
      Id: `jr_${randomBytes(32).toString('hex')}`,
      Attempt: 0,
      JobName: name,
      StartedOn: now(),
      LastModifiedOn: now(),
      JobRunState,
      Arguments: given.arguments ?? {},
      PredecessorRuns: given.predecessors ?? [],
      ExecutionTime: 0,
      Timeout: Number(Timeout ?? DEFAULT_TIMEOUT),
      LogGroupName: '/aws-glue/jobs',
      ...(given.triggerName !== undefined && { TriggerName: given.triggerName }),
      ...(GlueVersion !== undefined && { GlueVersion: String(GlueVersion) }),
      ...(WorkerType !== undefined && { WorkerType: String(WorkerType) }),
      ...(NumberOfWorkers !== undefined && { NumberOfWorkers: Number(NumberOfWorkers) }),
    };
    store.put(run.Id, run);
    return run;
  }

  async function perform(run: JobRun, controller: AbortController): Promise<JobRun> {
    const { signal } = controller;
    const isLogged = mayLogJob(run.JobName);
    const jobLog = openJobLog({ dataDir, job: run.JobName, run: run.Id, clock, runtimeLog: log, isLogged });
    const expired = () =>
      controller.abort(new RunEnded('TIMEOUT', `Job run exceeded its timeout of ${run.Timeout} minutes`));
    const timer = setTimeout(expired, run.Timeout * 60_000).unref();
    try {
      // Whoever started the run has its id before anything happens.
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      const work = localJob(
        defined(run.JobName),
        run.JobName,
        options.scripts,
      )({
        arguments: { ...defaultArguments(run.JobName), ...run.Arguments },
        runId: run.Id,
        ...servicesOf(run.JobName),
        dataDir,
        clock,
        log: jobLog,
        signal,
      });
      const summary = await Promise.race([work, unlessStopped(signal)]);
      jobLog.info('the job succeeded', summary);
      return end(currentOf(run), 'SUCCEEDED');
    } catch (error) {
      const ended = signal.aborted && signal.reason instanceof RunEnded ? signal.reason : undefined;
      const message = ended?.message ?? messageOf(error);
      jobLog.error(ended ? 'the job was ended' : 'the job failed', { message, stack: stackOf(error) });
      return end(currentOf(run), ended?.state ?? 'FAILED', message);
    } finally {
      clearTimeout(timer);
      underway.delete(run.Id);
      await jobLog.close();
    }
  }

  /** The job acts in its role's name: what the role's policies do not allow fails the run, its script's object included. */
  function servicesOf(name: string): Pick<LocalJobContext, 'objects' | 'catalog' | 'aws' | 'assetPath'> {
    const { credentials, awsUrl, region, accountId } = options;
    const properties = defined(name);
    const actor = actorOfJob(name);
    const addresses = [
      scriptOf(properties),
      ...Object.values(defaultArguments(name)).flatMap((text) => text.split(',')),
    ];
    const bucketOf = new Map(addresses.flatMap((address) => (isAsset(address) ? [partsOf(address)] : [])));
    for (const address of [scriptOf(properties), ...(defaultArguments(name)['--extra-py-files'] ?? '').split(',')]) {
      if (isAsset(address)) actor.authorize('s3:GetObject', address.replace('s3://', 'arn:aws:s3:::'));
    }
    return {
      objects: objectsAs(options.objects, actor),
      catalog: catalogAs(options.catalog, actor, `arn:aws:glue:${region}:${accountId}:`),
      aws: { endpoint: awsUrl, region, credentials: credentials.forRole(actor.roleArn) },
      assetPath(objectKey) {
        const bucket = bucketOf.get(objectKey);
        if (bucket !== undefined) actor.authorize('s3:GetObject', `arn:aws:s3:::${bucket}/${objectKey}`);
        return options.assetPath(objectKey);
      },
    };
  }

  /** Glue asks for both of its log groups, and their streams, before it writes. */
  function mayLogJob(name: string): boolean {
    const prefix = defaultArguments(name)['--custom-logGroup-prefix'] ?? '/aws-glue/jobs';
    const groups = `arn:aws:logs:${options.region}:${options.accountId}:log-group:${prefix}`;
    return ['error', 'output'].every((kind) => mayLog(actorOfJob(name), `${groups}/${kind}`, name, true));
  }

  function actorOfJob(name: string): Actor {
    const { credentials, region, accountId } = options;
    const sourceArn = `arn:aws:glue:${region}:${accountId}:job/${name}`;
    return actorOf(credentials, roleOf(defined(name), accountId), { service: 'glue.amazonaws.com', sourceArn });
  }

  function currentOf(run: JobRun): JobRun {
    return store.get(run.Id) ?? run;
  }

  return {
    define: (name, properties) => void definitions.set(name, properties),
    names: () => [...definitions.keys()].toSorted(),
    describe: (name) => describe(name, defined(name)),
    defaultArguments,
    start(name, given = {}) {
      const most = maxConcurrentRuns(defined(name));
      if (runsOf(name).filter((run) => !isOver(run)).length >= most)
        throw new AwsError('ConcurrentRunsExceededException', `Concurrent runs exceeded for ${name}`);
      const run = newRun(name, 'RUNNING', given);
      const controller = new AbortController();
      const done = perform(run, controller);
      underway.set(run.Id, { controller, done });
      return { run, done };
    },
    refuse: (name, reason, given = {}) => end(newRun(name, 'RUNNING', given), 'ERROR', reason),
    run(name, id) {
      defined(name);
      const run = store.get(id);
      return run?.JobName === name ? run : undefined;
    },
    find: (id) => store.get(id),
    runs(name) {
      defined(name);
      return runsOf(name);
    },
    stop(name, id) {
      const run = store.get(id);
      if (!run || run.JobName !== name) throw new AwsError('EntityNotFoundException', `Entity not found: run ${id}`);
      const running = underway.get(id);
      if (!running) throw new AwsError('IllegalSessionStateException', `Job run ${id} is in state ${run.JobRunState}`);
      change(run, { JobRunState: 'STOPPING' });
      running.controller.abort(new RunEnded('STOPPED', 'The run was stopped'));
    },
    recover() {
      for (const run of store.all()) {
        if (!isOver(run) && !underway.has(run.Id))
          end(run, 'FAILED', 'The pipeline ended while the job ran; the next run takes up what this one left');
      }
    },
    async stopAll() {
      for (const { controller } of underway.values())
        controller.abort(new RunEnded('STOPPED', 'The pipeline was stopped; the next run takes up what this one left'));
      await Promise.all([...underway.values()].map(({ done }) => done));
    },
    clear: () => store.clear(),
  };
}

/** Rejects some seconds after the signal, for a job that does not heed it. */
function unlessStopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = () => void setTimeout(() => reject(signal.reason as Error), GRACE).unref();
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}

/**
 * What stands in for a job's script. An asset's object bears a hash as its name; then the job's own name, which ends
 * with the script's, tells it.
 */
function localJob(properties: Properties, job: string, scripts: JobsOptions['scripts']): LocalJob {
  const script = scriptOf(properties);
  const file = script.slice(script.lastIndexOf('/') + 1).replace(/\.[a-z]+$/, '');
  const name = job.replaceAll('-', '_');
  const found = Object.keys(scripts).find(
    (script) => script === file || name === script || name.endsWith(`_${script}`),
  );
  if (found === undefined) throw new Error(`nothing stands in for the script of ${job} here (${script})`);
  return scripts[found]!;
}

/** A job may name its role by ARN or by name. */
function roleOf({ Role }: Properties, accountId: string): string {
  if (typeof Role !== 'string') throw new Error('the job has no role');
  return Role.startsWith('arn:') ? Role : `arn:aws:iam::${accountId}:role/${Role}`;
}

function scriptOf({ Command }: Properties): string {
  return ((Command ?? {}) as { readonly ScriptLocation?: string }).ScriptLocation ?? '';
}

const isAsset = (address: string): boolean => /^s3:\/\/[^/]+\/.+$/.test(address);

/** Key and bucket of an address in S3. */
function partsOf(address: string): readonly [key: string, bucket: string] {
  const slash = address.indexOf('/', 's3://'.length);
  return [address.slice(slash + 1), address.slice('s3://'.length, slash)];
}

function maxConcurrentRuns({ ExecutionProperty }: Properties): number {
  const { MaxConcurrentRuns } = (ExecutionProperty ?? {}) as { readonly MaxConcurrentRuns?: unknown };
  return Number(MaxConcurrentRuns ?? 1);
}

function describe(name: string, properties: Properties): Record<string, unknown> {
  const { Tags: _, DefaultArguments, ...rest } = properties;
  return { ...rest, Name: name, DefaultArguments: texts(DefaultArguments) };
}

function texts(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(value ?? {}).map(([name, text]) => [name, String(text)]));
}

/** What EventBridge is told of a run that is over. */
function stateChange({ JobName, Id, JobRunState, ErrorMessage }: JobRun) {
  const severity = JobRunState === 'SUCCEEDED' || JobRunState === 'STOPPED' ? 'INFO' : 'ERROR';
  const detail = {
    jobName: JobName,
    severity: JobRunState === 'TIMEOUT' ? 'WARN' : severity,
    state: JobRunState,
    jobRunId: Id,
    message: ErrorMessage ?? `Job run ${JobRunState.toLowerCase()}`,
  };
  return { source: 'aws.glue', 'detail-type': 'Glue Job State Change', detail };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const cause = error.cause === undefined ? '' : `\n  caused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
