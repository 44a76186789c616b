import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { AwsApi } from './aws-api/server.ts';
import { errorText } from './error-text.ts';
import { openPrivateJson } from './private-json.ts';
import { readAnswer } from './custom-resources/answer.ts';
import type { Answer } from './custom-resources/answer.ts';
import type { CustomResources, Functions, LocalLog, Properties, Resource, StateMachines } from './runtime.ts';

/** What is kept of a custom resource until it leaves the template. */
interface Kept {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  /** As its function was given them, its ServiceToken among them. */
  readonly properties: Properties;
  /** What `Fn::GetAtt` gives. */
  readonly data: Readonly<Record<string, string>>;
}

/** Contents of `<data-dir>/custom-resources.json`. */
interface KeptFile {
  readonly version: 1;
  readonly resources: readonly Kept[];
  /** Replaced, and not deleted yet. */
  readonly leftovers: readonly Kept[];
}

export interface CustomResourcesOptions {
  readonly dataDir: string;
  readonly region: string;
  readonly accountId: string;
  readonly awsUrl: string;
  readonly awsApi: Pick<AwsApi, 'open'>;
  readonly functions: Pick<Functions, 'has' | 'invoke'>;
  readonly stateMachines: Pick<StateMachines, 'recover'>;
  readonly log: LocalLog;
}

type Request = { readonly RequestType: 'Create' | 'Update' | 'Delete' } & Readonly<Record<string, unknown>>;

/** Made by functions of the CDK. */
const CDKS_OWN: ReadonlySet<string> = new Set([
  'Custom::AWS',
  'Custom::CDKBucketDeployment',
  'Custom::CrossRegionExportReader',
  'Custom::CrossRegionExportWriter',
  'Custom::LogRetention',
  'Custom::S3BucketNotifications',
]);

/** What CloudFormation waits unless a resource says otherwise. */
const TIMEOUT_SECONDS = 3600;

/** So late somebody who waits for the start is told for what. */
const REMIND_MILLIS = 30_000;

/** An asynchronous invocation that fails is tried again so often. */
const RETRIES = 2;

/**
 * CloudFormation's custom resources: each start is a deployment. A function is asked to create what is new, to update what
 * has changed and to delete what has left; what it answered is kept in the data directory. Killed in between, it is asked
 * again.
 */
export function createCustomResources(options: CustomResourcesOptions): CustomResources {
  const { dataDir, region, accountId, awsUrl, awsApi, functions, stateMachines, log } = options;
  const file = openPrivateJson<KeptFile>(join(dataDir, 'custom-resources.json'));
  const declared = new Set<string>();

  async function edit(change: (kept: KeptFile) => Partial<KeptFile>): Promise<void> {
    const kept = await read();
    await file.write({ ...kept, ...change(kept) });
  }

  async function read(): Promise<KeptFile> {
    return (await file.read()) ?? { version: 1, resources: [], leftovers: [] };
  }

  /** Asks a resource's function, and waits for what it puts to the address it is given. */
  async function ask(request: Request, resource: Omit<Kept, 'physicalId' | 'data'>): Promise<Answer> {
    const functionArn = String(resource.properties.ServiceToken);
    const path = `/_custom-resources/${randomUUID()}`;
    const identity = {
      StackId: `arn:aws:cloudformation:${region}:${accountId}:stack/${resource.stack}/local`,
      RequestId: randomUUID(),
      LogicalResourceId: resource.logicalId,
    };
    const event = {
      ...request,
      ...identity,
      ServiceToken: functionArn,
      ResponseURL: `${awsUrl}${path}`,
      ResourceType: resource.type,
      ResourceProperties: resource.properties,
    };
    let timer: NodeJS.Timeout | undefined;
    const reminder = setTimeout(() => {
      log.warn('a custom resource is not answered yet', {
        resource: `${resource.stack}/${resource.logicalId}`,
        functionArn,
      });
    }, REMIND_MILLIS);
    const seconds = Number(resource.properties.ServiceTimeout ?? TIMEOUT_SECONDS);
    try {
      return await new Promise<Answer>((resolve, reject) => {
        awsApi.open(path, (body) => {
          const answer = readAnswer(body, identity);
          if (answer instanceof Error) reject(answer);
          else resolve(answer);
        });
        timer = setTimeout(() => reject(new Error(`there was no answer within ${seconds} seconds`)), seconds * 1000);
        invoke(functionArn, event).catch(reject);
      });
    } finally {
      clearTimeout(timer);
      clearTimeout(reminder);
      awsApi.open(path, undefined);
    }
  }

  /** Lambda tries again as well; it then keeps quiet, and CloudFormation waits until the time is up. */
  async function invoke(functionArn: string, event: unknown): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      const result = await functions.invoke(functionArn, event);
      if (result.ok) return;
      if (tries === RETRIES) throw new Error(`its function failed: ${result.errorType}: ${result.errorMessage}`);
    }
  }

  async function askFor(resource: Omit<Kept, 'physicalId' | 'data'>, present: Kept | undefined): Promise<Kept> {
    const { PhysicalResourceId, Data } = await ask(
      present === undefined
        ? { RequestType: 'Create' }
        : {
            RequestType: 'Update',
            PhysicalResourceId: present.physicalId,
            OldResourceProperties: present.properties,
          },
      resource,
    );
    return { ...resource, physicalId: PhysicalResourceId, data: Data };
  }

  async function remove(kept: Kept): Promise<boolean> {
    const name = `${kept.stack}/${kept.logicalId}`;
    if (!functions.has(String(kept.properties.ServiceToken))) {
      log.warn('a custom resource is forgotten: its function has left the template with it', { resource: name });
      return true;
    }
    try {
      await ask({ RequestType: 'Delete', PhysicalResourceId: kept.physicalId }, kept);
      log.info('a custom resource was deleted', { resource: name });
      return true;
    } catch (error) {
      log.error('a custom resource could not be deleted; the next start tries again', {
        resource: name,
        error: errorText(error),
      });
      return false;
    }
  }

  return {
    async apply({ stack, logicalId, type, properties: given }: Resource) {
      if (CDKS_OWN.has(type)) throw new Error(`${type} has no stand-in: the CDK's function answers by https alone`);
      const properties = asTexts(given) as Properties;
      if (!functions.has(String(properties.ServiceToken))) {
        throw new Error(`its ServiceToken ${String(properties.ServiceToken)} has no stand-in: it is no function here`);
      }
      const isSame = (one: Kept): boolean => one.stack === stack && one.logicalId === logicalId;
      declared.add(`${stack}/${logicalId}`);
      const present = (await read()).resources.find(isSame);
      if (present && isDeepStrictEqual(present.properties, properties)) return valuesOf(present);

      // What its function has others do may wait for executions that a killed process left.
      await stateMachines.recover();
      log.info('a custom resource is asked for', { resource: `${stack}/${logicalId}`, update: present !== undefined });
      const made = await askFor({ stack, logicalId, type, properties }, present);
      const replaced = present && present.physicalId !== made.physicalId ? [present] : [];
      await edit(({ resources, leftovers }) => ({
        resources: [...resources.filter((one) => !isSame(one)), made],
        leftovers: [...leftovers, ...replaced],
      }));
      return valuesOf(made);
    },
    async removeOthers() {
      const { resources, leftovers } = await read();
      const gone = resources.filter(({ stack, logicalId }) => !declared.has(`${stack}/${logicalId}`));
      for (const one of [...gone, ...leftovers]) {
        if (!(await remove(one))) continue;
        const others = (list: readonly Kept[]): readonly Kept[] => list.filter((kept) => !isDeepStrictEqual(kept, one));
        await edit((kept) => ({ resources: others(kept.resources), leftovers: others(kept.leftovers) }));
      }
    },
  };
}

function valuesOf({ physicalId, data }: Kept): { readonly ref: string; readonly attributes: Kept['data'] } {
  return { ref: physicalId, attributes: data };
}

/** CloudFormation hands numbers and booleans to a custom resource as texts. */
function asTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTexts);
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asTexts(inner)]));
}
