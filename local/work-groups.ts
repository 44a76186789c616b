import { createQueryEngine } from './query-engine.ts';
import { createQueryExecutions } from './query-executions.ts';
import type { QueryExecutions } from './query-executions.ts';
import { AwsError } from './runtime.ts';
import type { Catalog, Clock, LocalLog, NamedQuery, ObjectStore, WorkGroups } from './runtime.ts';

export interface WorkGroupsOptions {
  readonly catalog: Catalog;
  readonly objects: ObjectStore;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: LocalLog;
}

/** A workgroup as GetWorkGroup answers it. */
export interface WorkGroup {
  readonly Name: string;
  readonly State: string;
  readonly Description: string;
  readonly CreationTime: number;
  readonly Configuration: WorkGroupConfiguration;
}

export interface WorkGroupConfiguration {
  readonly EnforceWorkGroupConfiguration?: boolean;
  readonly BytesScannedCutoffPerQuery?: number;
  readonly ResultConfiguration?: { readonly OutputLocation?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

/** What the Athena protocol needs beyond what the rest of the runtime does. */
export interface LocalWorkGroups extends WorkGroups {
  readonly executions: QueryExecutions;
  /** In the order of their names. Throws InvalidRequestException where there is none of this name. */
  workGroup(name: string): WorkGroup;
  /** In the order of their names. */
  namedQueries(workGroup: string): readonly NamedQuery[];
  namedQuery(id: string): NamedQuery | undefined;
}

/** Athena for one data directory. Every account has the workgroup `primary`; the others are the template's. */
export function createWorkGroups(options: WorkGroupsOptions): LocalWorkGroups {
  const engine = createQueryEngine(options);
  const executions = createQueryExecutions({ ...options, engine });
  const groups = new Map<string, WorkGroup>();
  const queries = new Map<string, NamedQuery>();

  function define(name: string, input: Readonly<Record<string, unknown>>): void {
    groups.set(name, {
      Name: name,
      State: typeof input.State === 'string' ? input.State : 'ENABLED',
      Description: typeof input.Description === 'string' ? input.Description : '',
      CreationTime: options.clock() / 1000,
      Configuration: configurationOf(input),
    });
  }
  define('primary', {});

  return {
    executions,
    defineWorkGroup: define,
    defineNamedQuery(query) {
      queries.set(query.NamedQueryId, query);
    },
    names: () => [...groups.keys()].toSorted(),
    workGroup(name) {
      const group = groups.get(name);
      if (!group) throw new AwsError('InvalidRequestException', `WorkGroup ${name} is not found.`);
      return group;
    },
    namedQueries: (workGroup) =>
      [...queries.values()]
        .filter((query) => query.WorkGroup === workGroup)
        .toSorted((a, b) => (a.Name < b.Name ? -1 : Number(a.Name > b.Name))),
    namedQuery: (id) => queries.get(id),
    async query(sql, { database, parameters = [], mostRows = Infinity, countsBytes = true, signal }) {
      const { columns, batches, scannedBytes } = await engine.run({
        sql,
        database,
        parameters,
        countsBytes,
        ...(signal && { signal }),
      });
      const rows: (readonly (string | undefined)[])[] = [];
      for await (const batch of batches) {
        rows.push(...batch);
        if (rows.length > mostRows) break;
      }
      return {
        columns: columns.map(({ name, type }) => ({ name, type })),
        rows: rows.length > mostRows ? rows.slice(0, mostRows) : rows,
        scannedBytes,
        isCut: rows.length > mostRows,
      };
    },
    async stop() {
      await executions.stop();
      await engine.stop();
    },
  };
}

/** The properties of `AWS::Athena::WorkGroup` keep the settings under `WorkGroupConfiguration`. */
function configurationOf(input: Readonly<Record<string, unknown>>): WorkGroupConfiguration {
  const inner = input.WorkGroupConfiguration;
  const settings: WorkGroupConfiguration = typeof inner === 'object' && inner !== null ? { ...inner } : {};
  const limit = Number(settings.BytesScannedCutoffPerQuery);
  return {
    EnforceWorkGroupConfiguration: true,
    PublishCloudWatchMetricsEnabled: false,
    RequesterPaysEnabled: false,
    ...settings,
    ...(Number.isFinite(limit) && { BytesScannedCutoffPerQuery: limit }),
    EngineVersion: { SelectedEngineVersion: 'AUTO', EffectiveEngineVersion: 'Athena engine version 3' },
  };
}
