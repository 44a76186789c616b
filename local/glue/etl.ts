import type { Catalog, Clock, Credentials, Etl, EventBus, LocalLog, ObjectStore } from '../runtime.ts';
import { createCrawlers } from './crawlers.ts';
import type { Crawlers } from './crawlers.ts';
import { createJobs } from './jobs.ts';
import type { Jobs } from './jobs.ts';
import { localJobs } from './local-jobs.ts';
import type { LocalJob } from './job-runner.ts';
import { createWorkflows } from './workflows.ts';
import type { Workflows } from './workflows.ts';

export interface EtlOptions {
  readonly dataDir: string;
  readonly objects: ObjectStore;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: LocalLog;
  readonly events: Pick<EventBus, 'put'>;
  readonly credentials: Pick<Credentials, 'isAllowed' | 'explain' | 'forRole'>;
  /** Of the AWS protocols. */
  readonly awsUrl: string;
  readonly region: string;
  readonly accountId: string;
  assetPath(objectKey: string): string | undefined;
  /** What stands in for scripts, by their names; default: all that have a stand-in. */
  readonly scripts?: Readonly<Record<string, LocalJob>>;
}

/** With what the Glue API shows. */
export interface EtlServices extends Etl {
  readonly jobs: Jobs;
  readonly crawlers: Crawlers;
  readonly workflows: Workflows;
}

export function createEtl(options: EtlOptions): EtlServices {
  const jobs = createJobs({ ...options, scripts: options.scripts ?? localJobs });
  const crawlers = createCrawlers(options);
  const workflows = createWorkflows({ ...options, jobs, crawlers });
  const stop = async (): Promise<void> => {
    workflows.drain();
    await Promise.all([jobs.stopAll(), crawlers.stopAll()]);
  };

  return {
    jobs,
    crawlers,
    workflows,
    defineJob: jobs.define,
    defineCrawler: crawlers.define,
    defineWorkflow: workflows.define,
    defineTrigger: workflows.defineTrigger,
    jobArguments: () => new Map(jobs.names().map((name) => [name, jobs.defaultArguments(name)])),
    recover() {
      jobs.recover();
      workflows.recover();
    },
    async reset() {
      await stop();
      for (const { clear } of [jobs, crawlers, workflows]) clear();
    },
    stop,
  };
}
