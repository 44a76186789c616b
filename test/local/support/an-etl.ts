import { createCatalog } from '../../../local/catalog.ts';
import { createEtl } from '../../../local/glue/etl.ts';
import type { LocalJob } from '../../../local/glue/job-runner.ts';
import { createObjectStore } from '../../../local/object-store.ts';
import type { Catalog, Clock, ServiceEvent } from '../../../local/runtime.ts';
import { aLog } from '../../support/a-log.ts';

export interface EtlSetup {
  readonly dataDir: string;
  readonly catalog?: Catalog;
  readonly clock?: Clock;
  readonly scripts?: Readonly<Record<string, LocalJob>>;
  /** Actions that the crawler's role may not do. */
  readonly denied?: readonly string[];
}

/** Glue's jobs, crawlers and workflows on a data directory, with all that they tell. */
export function anEtl({ dataDir, clock = Date.now, scripts = {}, denied = [], ...given }: EtlSetup) {
  const catalog = given.catalog ?? createCatalog({ dataDir, clock });
  const objects = createObjectStore({ root: dataDir, clock });
  const log = aLog();
  const told: ServiceEvent[] = [];
  const etl = createEtl({
    dataDir,
    catalog,
    objects,
    clock,
    log,
    scripts,
    events: { put: (event) => void told.push(event) },
    credentials: {
      isAllowed: (_, action) => !denied.includes(action),
      explain: (_, action, resource) => `the role is not authorized to perform: ${action} on ${resource}`,
      forRole: (arn) => ({ accessKeyId: arn, secretAccessKey: 'secret' }),
    },
    awsUrl: 'http://127.0.0.1:4566',
    region: 'us-east-1',
    accountId: '000000000000',
    assetPath: () => undefined,
  });
  return { etl, catalog, objects, log, told };
}
