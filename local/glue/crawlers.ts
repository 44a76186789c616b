import { AwsError } from '../runtime.ts';
import type { Catalog, Clock, EventBus, LocalLog, ObjectStore, Properties } from '../runtime.ts';
import { crawl } from './crawl.ts';
import type { CrawlSummary } from './crawl.ts';
import { readCrawlerSettings } from './crawler-settings.ts';
import type { CrawlerSettings } from './crawler-settings.ts';
import { actorOf } from '../policy/actor.ts';
import type { Judge } from '../policy/actor.ts';
import { catalogAs } from '../policy/catalog-as.ts';
import { objectsAs } from '../policy/objects-as.ts';
import { serviceLog } from '../policy/service-log.ts';
import { openRecordLog } from '../record-log.ts';

export interface CrawlersOptions {
  readonly dataDir: string;
  readonly objects: ObjectStore;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: LocalLog;
  readonly events: Pick<EventBus, 'put'>;
  readonly credentials: Judge;
  readonly region: string;
  readonly accountId: string;
}

export type CrawlState = 'RUNNING' | 'CANCELLED' | 'SUCCEEDED' | 'FAILED';

/** A crawl as a workflow's run shows it; times in seconds since the epoch. */
export interface Crawl {
  readonly State: CrawlState;
  readonly StartedOn: number;
  readonly CompletedOn?: number;
  readonly ErrorMessage?: string;
  readonly LogGroup: string;
  readonly LogStream: string;
}

/** The last crawl of a crawler, which outlives a restart. */
interface LastCrawl {
  readonly crawl: Crawl;
  readonly summary: CrawlSummary;
}

/** Glue's crawlers. */
export interface Crawlers {
  define(name: string, properties: Properties): void;
  names(): readonly string[];
  /** As GetCrawler answers it. Throws EntityNotFoundException. */
  describe(name: string): Readonly<Record<string, unknown>>;
  /** As GetCrawlerMetrics answers it. */
  metrics(name: string): Readonly<Record<string, unknown>>;
  /** Throws AwsError: EntityNotFoundException, CrawlerRunningException. The promise never rejects. */
  start(name: string): { readonly crawl: Crawl; readonly done: Promise<Crawl> };
  /** Throws AwsError: EntityNotFoundException, CrawlerNotRunningException. */
  stop(name: string): void;
  stopAll(): Promise<void>;
  clear(): void;
}

const NOTHING: CrawlSummary = { created: [], updated: [], partitions: 0 };

/** Crawlers that were ever defined in one data directory; each has one record. */
const KEPT = 100;

interface Underway {
  readonly controller: AbortController;
  readonly startedOn: number;
  readonly done: Promise<Crawl>;
}

export function createCrawlers(options: CrawlersOptions): Crawlers {
  const { clock, log, events } = options;
  const definitions = new Map<string, { readonly properties: Properties; readonly settings: CrawlerSettings }>();
  const last = openRecordLog<LastCrawl>(`${options.dataDir}/glue/crawls.jsonl`, KEPT);
  const underway = new Map<string, Underway>();
  const now = () => clock() / 1000;

  const defined = (name: string) => {
    const definition = definitions.get(name);
    if (!definition) throw new AwsError('EntityNotFoundException', `Crawler entry with name ${name} does not exist`);
    return definition;
  };

  /** The crawler acts in its role's name, as on AWS: what the role's policies do not allow fails the crawl. */
  function servicesOf(name: string) {
    const { credentials, region, accountId } = options;
    const place = `${region}:${accountId}:`;
    const sourceArn = `arn:aws:glue:${place}crawler/${name}`;
    const actor = actorOf(credentials, defined(name).settings.roleArn, { service: 'glue.amazonaws.com', sourceArn });
    return {
      objects: objectsAs(options.objects, actor),
      catalog: catalogAs(options.catalog, actor, `arn:aws:glue:${place}`),
      tell: serviceLog({
        actor,
        log,
        groupArn: `arn:aws:logs:${place}log-group:/aws-glue/crawlers`,
        stream: name,
        file: name,
        makesGroup: true,
      }),
    };
  }

  function end(name: string, started: Crawl, State: CrawlState, summary: CrawlSummary, ErrorMessage?: string): Crawl {
    const ended = { ...started, State, CompletedOn: now(), ...(ErrorMessage !== undefined && { ErrorMessage }) };
    last.put(name, { crawl: ended, summary });
    const fields = { crawler: name, ...summary, ...(ErrorMessage !== undefined && { message: ErrorMessage }) };
    if (State === 'FAILED') log.error('a Glue crawler failed', fields);
    else log.info(`a Glue crawler ended: ${State}`, fields);
    events.put(stateChange(name, ended, summary));
    return ended;
  }

  async function perform(name: string, started: Crawl, signal: AbortSignal): Promise<Crawl> {
    await new Promise((resolve) => setImmediate(resolve));
    try {
      const { objects, catalog, tell } = servicesOf(name);
      const summary = await crawl(name, defined(name).settings, { objects, catalog, log, signal });
      tell(`${new Date(clock()).toISOString()} ${JSON.stringify(summary)}\n`);
      return end(name, started, 'SUCCEEDED', summary);
    } catch (error) {
      if (signal.aborted) return end(name, started, 'CANCELLED', NOTHING);
      return end(name, started, 'FAILED', NOTHING, error instanceof Error ? error.message : String(error));
    } finally {
      underway.delete(name);
    }
  }

  return {
    define: (name, properties) => void definitions.set(name, { properties, settings: readCrawlerSettings(properties) }),
    names: () => [...definitions.keys()].toSorted(),
    describe(name) {
      const { Tags: _, ...properties } = defined(name).properties;
      const running = underway.get(name);
      const before = last.get(name)?.crawl;
      return {
        ...properties,
        Name: name,
        State: running ? (running.controller.signal.aborted ? 'STOPPING' : 'RUNNING') : 'READY',
        CrawlElapsedTime: running ? Math.round((now() - running.startedOn) * 1000) : 0,
        Version: 1,
        ...(before && { LastCrawl: lastCrawl(before) }),
      };
    },
    metrics(name) {
      defined(name);
      const { crawl: before, summary = NOTHING } = last.get(name) ?? {};
      const seconds = before?.CompletedOn === undefined ? 0 : before.CompletedOn - before.StartedOn;
      return {
        CrawlerName: name,
        TimeLeftSeconds: 0,
        StillEstimating: false,
        LastRuntimeSeconds: seconds,
        MedianRuntimeSeconds: seconds,
        TablesCreated: summary.created.length,
        TablesUpdated: summary.updated.length,
        TablesDeleted: 0,
      };
    },
    start(name) {
      defined(name);
      if (underway.has(name))
        throw new AwsError('CrawlerRunningException', `Crawler with name ${name} has already started`);
      const started: Crawl = { State: 'RUNNING', StartedOn: now(), LogGroup: '/aws-glue/crawlers', LogStream: name };
      const controller = new AbortController();
      const done = perform(name, started, controller.signal);
      underway.set(name, { controller, startedOn: started.StartedOn, done });
      return { crawl: started, done };
    },
    stop(name) {
      defined(name);
      const running = underway.get(name);
      if (!running) throw new AwsError('CrawlerNotRunningException', `Crawler with name ${name} isn't running`);
      running.controller.abort();
    },
    async stopAll() {
      for (const { controller } of underway.values()) controller.abort();
      await Promise.all([...underway.values()].map(({ done }) => done));
    },
    clear: () => last.clear(),
  };
}

function lastCrawl({ State, ErrorMessage, StartedOn, LogGroup, LogStream }: Crawl): Record<string, unknown> {
  const text = ErrorMessage === undefined ? {} : { ErrorMessage };
  return { Status: State, ...text, LogGroup, LogStream, MessagePrefix: LogStream, StartTime: StartedOn };
}

/** What EventBridge is told of a crawl that is over; its states are written like words. */
function stateChange(crawlerName: string, { State, ErrorMessage, CompletedOn = 0 }: Crawl, summary: CrawlSummary) {
  const state = `${State.charAt(0)}${State.slice(1).toLowerCase()}`;
  const result =
    State === 'SUCCEEDED'
      ? {
          completionDate: new Date(CompletedOn * 1000).toISOString(),
          tablesCreated: String(summary.created.length),
          tablesUpdated: String(summary.updated.length),
          partitionsCreated: String(summary.partitions),
        }
      : {};
  const errorMessage = ErrorMessage === undefined ? {} : { errorMessage: ErrorMessage };
  const detail = { crawlerName, state, message: `Crawler ${state}`, ...errorMessage, ...result };
  return { source: 'aws.glue', 'detail-type': 'Glue Crawler State Change', detail };
}
