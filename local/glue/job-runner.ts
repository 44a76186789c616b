import type { AccessKey, Catalog, Clock, LocalLog, ObjectStore } from '../runtime.ts';

/** What a Glue job's own log takes; `warn` reaches the terminal too. */
export type JobLog = Pick<LocalLog, 'info' | 'warn' | 'error'>;

/** As any SDK's client takes it (`new KMSClient(context.aws)`). */
export interface JobAws {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: AccessKey;
}

/** What a job on the laptop works with, in the place of Spark and the AWS SDK. */
export interface LocalJobContext {
  /** The template's default arguments with those of the run over them; names keep their `--`. */
  readonly arguments: Readonly<Record<string, string>>;
  /** `jr_…`, as the Glue API shows it. */
  readonly runId: string;
  readonly objects: ObjectStore;
  readonly catalog: Catalog;
  /** The data directory, for a temporary folder. */
  readonly dataDir: string;
  readonly clock: Clock;
  /** What a client of the AWS protocols is made from, in the name of the job's role; its policies judge every call. */
  readonly aws: JobAws;
  /** `<data-dir>/logs/<job name>.log`. */
  readonly log: JobLog;
  /** Path of the file asset that an argument names by its S3 key; undefined for a key of something else. */
  assetPath(objectKey: string): string | undefined;
  /** Aborted when the run is stopped or the pipeline ends; a job that sees it gives up with the signal's reason. */
  readonly signal: AbortSignal;
}

/**
 * Does on the laptop what a Glue script does on Spark: the same arguments, objects and partitions. Runs in the
 * pipeline's process, so it must not hold its event loop for long. Resolves with the run's summary, which goes to the
 * job's log; what it throws becomes the run's ErrorMessage.
 */
export type LocalJob = (context: LocalJobContext) => Promise<Readonly<Record<string, unknown>>>;
