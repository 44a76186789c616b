import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorText } from './error-text.ts';
import { createCopyFromLake } from './redshift/copy/copy-from-lake.ts';
import type { WarehouseEngine } from './redshift/engine.ts';
import { createExternalSchemas } from './redshift/external/external-schemas.ts';
import { createLakeReader } from './redshift/lake-reader.ts';
import { createLateBindingViews } from './redshift/late-binding-views.ts';
import { createStreamingViews } from './redshift/streaming-views.ts';
import { createStatementRunner } from './redshift/statement-runner.ts';
import type { StatementRunner } from './redshift/statement-runner.ts';
import { createStatementRuns } from './redshift/statements/statement-runs.ts';
import type { StatementRuns } from './redshift/statements/statement-runs.ts';
import { createStatementStore } from './redshift/statements/statement-store.ts';
import type { StatementStore } from './redshift/statements/statement-store.ts';
import { createUsageLimits } from './redshift/usage-limits.ts';
import type { UsageLimits } from './redshift/usage-limits.ts';
import { AwsError } from './runtime.ts';
import type {
  Catalog,
  Clock,
  Credentials,
  LocalLog,
  ObjectStore,
  Properties,
  QueryRows,
  SecretStore,
  Warehouses,
} from './runtime.ts';

export interface WarehousesOptions {
  readonly dataDir: string;
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly log: LocalLog;
  readonly catalog: Catalog;
  readonly objects: ObjectStore;
  readonly credentials: Credentials;
  readonly secrets: SecretStore;
  /** `postgres://…` of a server that takes PGlite's place. */
  readonly warehouseUrl: string | undefined;
}

/** Where the data lies. */
export interface Namespace {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly database: string;
  readonly adminUser: string;
  /** Undefined where the template gives a password of its own. */
  readonly adminSecretArn: string | undefined;
  /** The default role first. */
  readonly roles: readonly string[];
  readonly createdAt: number;
  readonly properties: Properties;
}

/** What answers statements. */
export interface Workgroup {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly namespace: Namespace;
  readonly createdAt: number;
  readonly properties: Properties;
  readonly runner: StatementRunner;
}

/** What the protocols need beyond what the rest of the runtime does. */
export interface LocalWarehouses extends Warehouses {
  readonly statements: StatementStore;
  readonly runs: StatementRuns;
  readonly usageLimits: UsageLimits;
  /** By its name. Throws ResourceNotFoundException. */
  namespace(name: string): Namespace;
  /** By its name or ARN. Throws ResourceNotFoundException. */
  workgroup(name: string): Workgroup;
  workgroups(): readonly Workgroup[];
  namespaces(): readonly Namespace[];
}

/** Redshift Serverless for one data directory: PGlite, or the PostgreSQL server that was named, behind the Data API. */
export function createWarehouses(options: WarehousesOptions): LocalWarehouses {
  const { dataDir, region, accountId, clock, log, secrets, warehouseUrl } = options;
  const folder = join(dataDir, 'redshift');
  const prefix = `arn:aws:redshift-serverless:${region}:${accountId}`;
  const namespaces = new Map<string, Namespace>();
  const workgroups = new Map<string, Workgroup>();
  const engines = new Map<string, Promise<WarehouseEngine>>();
  const reader = createLakeReader();

  let opened: { readonly store: StatementStore; readonly runs: StatementRuns } | undefined;
  function kept() {
    if (opened) return opened;
    mkdirSync(folder, { recursive: true });
    const store = createStatementStore({ folder, clock });
    opened = { store, runs: createStatementRuns({ store, clock, log }) };
    return opened;
  }

  /** Opened once for a namespace; a server that is away is asked again with the next statement. */
  function engineOf(namespace: string): Promise<WarehouseEngine> {
    const known = engines.get(namespace);
    if (known) return known;
    const opening = openEngine(warehouseUrl, join(folder, namespace, 'database'));
    engines.set(namespace, opening);
    opening.catch((error: unknown) => {
      engines.delete(namespace);
      log.error('the warehouse does not open', { error: errorText(error) });
    });
    return opening;
  }

  function runnerOf(namespace: Namespace): StatementRunner {
    const roles = () => namespaces.get(namespace.name)?.roles ?? [];
    const rows = join(folder, 'rows');
    return createStatementRunner({
      engine: () => engineOf(namespace.name),
      copy: createCopyFromLake({ ...options, reader, folder: rows, roles }),
      external: createExternalSchemas({ ...options, reader, folder: rows, roles }),
      views: createLateBindingViews(),
      streaming: createStreamingViews(log),
    });
  }

  function namespace(name: string): Namespace {
    const found = namespaces.get(name);
    if (found) return found;
    throw new AwsError('ResourceNotFoundException', `Namespace ${name} not found`, 404);
  }

  function workgroup(name: string): Workgroup {
    const found = [...workgroups.values()].find((one) => one.name === name || one.arn === name);
    if (found) return found;
    throw new AwsError('ResourceNotFoundException', `Workgroup ${name} not found`, 404);
  }

  return {
    get statements() {
      return kept().store;
    },
    get runs() {
      return kept().runs;
    },
    usageLimits: createUsageLimits({ path: join(folder, 'usage-limits.json'), prefix }),
    namespace,
    workgroup,
    workgroups: () => [...workgroups.values()],
    namespaces: () => [...namespaces.values()],
    async defineNamespace(name, properties) {
      const adminUser = typeof properties.AdminUsername === 'string' ? properties.AdminUsername : 'admin';
      const isManaged = properties.ManageAdminPassword === true || properties.ManageAdminPassword === 'true';
      const adminSecretArn = isManaged
        ? await secrets.define(`redshift!${name}-${adminUser}`, managedSecret(adminUser))
        : undefined;
      const id = idOf(`namespace/${name}`);
      namespaces.set(name, {
        name,
        id,
        arn: `${prefix}:namespace/${id}`,
        database: typeof properties.DbName === 'string' ? properties.DbName : 'dev',
        adminUser,
        adminSecretArn,
        roles: rolesOf(properties),
        createdAt: clock(),
        properties,
      });
      return { arn: `${prefix}:namespace/${id}`, id, adminSecretArn };
    },
    async defineWorkgroup(name, properties) {
      const home = namespace(String(properties.NamespaceName));
      const id = idOf(`workgroup/${name}`);
      const arn = `${prefix}:workgroup/${id}`;
      workgroups.set(name, { name, id, arn, namespace: home, createdAt: clock(), properties, runner: runnerOf(home) });
      // The rest of the pipeline starts meanwhile.
      const engine = engineOf(home.name);
      engine.catch(() => undefined);
      return { arn, id, description: async () => (await engine).description };
    },
    async query(name, sql) {
      const { runner } = workgroup(name);
      let result: QueryRows | undefined;
      let failure: unknown;
      await runner.run([{ sql }], {
        user: undefined,
        isTransaction: true,
        queryIds: [0],
        isCancelled: () => false,
        begin: () => undefined,
        answer: async (_, { columns, rows }) => {
          result = { columns, rows: rows.map((row) => row.map((value) => value ?? undefined)), scannedBytes: 0 };
        },
        fail: (_, error) => (failure = error),
      });
      if (failure !== undefined) throw failure;
      return result ?? { columns: [], rows: [], scannedBytes: 0 };
    },
    async clear() {
      for (const { runner } of workgroups.values()) await runner.clear();
    },
    async stop() {
      await opened?.runs.stop();
      for (const engine of engines.values()) await engine.then((one) => one.close()).catch(() => undefined);
      engines.clear();
      reader.close();
    },
  };
}

/** Loaded only where a template has a warehouse: neither engine costs the others anything. */
async function openEngine(url: string | undefined, folder: string): Promise<WarehouseEngine> {
  if (url !== undefined) return (await import('./redshift/postgres/open-postgres.ts')).openPostgres(url);
  return (await import('./redshift/pglite/open-pglite.ts')).openPglite({ folder });
}

function managedSecret(username: string): Properties {
  return {
    Description: `Administrator of the warehouse`,
    GenerateSecretString: {
      SecretStringTemplate: JSON.stringify({ username }),
      GenerateStringKey: 'password',
      PasswordLength: 32,
      ExcludePunctuation: true,
    },
  };
}

function rolesOf({ IamRoles, DefaultIamRoleArn }: Properties): readonly string[] {
  const roles = Array.isArray(IamRoles) ? IamRoles.map(String) : [];
  if (typeof DefaultIamRoleArn !== 'string') return roles;
  return [DefaultIamRoleArn, ...roles.filter((role) => role !== DefaultIamRoleArn)];
}

/** A UUID that stays the same for a name. */
function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
