import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { TokenBucket } from './gateway/token-bucket.ts';
import type { BucketLimits } from './gateway/token-bucket.ts';
import { createKeyedLock } from './keyed-lock.ts';
import { openPrivateJson } from './private-json.ts';
import { AwsError } from './runtime.ts';
import type { Clock, Properties, UsagePlans } from './runtime.ts';

/** An API key. Times are seconds since the epoch. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly createdDate: number;
  readonly lastUpdatedDate: number;
  /** Ids of the usage plans it is in. */
  readonly plans: readonly string[];
}

export interface UsagePlan {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly stages: readonly { readonly apiId: string; readonly stage: string }[];
  /** Of each key; undefined where the plan limits nothing. */
  readonly throttle: BucketLimits | undefined;
}

/** What became of a request that was counted for a key. */
export type Admission = 'admitted' | 'throttled' | 'unknown key';

/** What the control plane and the gateway need beyond what the rest of the runtime does. */
export interface LocalUsagePlans extends UsagePlans {
  /** In the order of their ids. */
  plans(): readonly UsagePlan[];
  /** Throws NotFoundException. */
  plan(id: string): UsagePlan;
  /** In the order of their ids. */
  keys(): readonly ApiKey[];
  /** Throws NotFoundException. */
  key(id: string): ApiKey;
  /** Throws ConflictException when another key has this value, BadRequestException for a value no key may have. */
  createKey(input: NewKey): Promise<ApiKey>;
  /** Throws NotFoundException. */
  deleteKey(id: string): Promise<void>;
  /** Throws NotFoundException, ConflictException when the key is in a plan of the same stage already. */
  addToPlan(planId: string, keyId: string): Promise<ApiKey>;
  /** Throws NotFoundException. */
  removeFromPlan(planId: string, keyId: string): Promise<void>;
  /** Counts a request of a stage for the key of this value. */
  admit(keyValue: string, apiId: string, stage: string): Admission;
  /** Forgets every key but the template's. */
  clear(): Promise<void>;
}

export interface NewKey {
  readonly name?: string | undefined;
  /** API Gateway makes one up where it is left out. */
  readonly value?: string | undefined;
  readonly description?: string | undefined;
  readonly enabled?: boolean | undefined;
}

/** Contents of `<data-dir>/api-gateway/keys.json`: the keys that somebody made beside the template's. */
interface KeyFile {
  readonly version: 1;
  readonly keys: readonly ApiKey[];
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html */
const VALUE_SHAPE = /^[A-Za-z0-9]{20,128}$/;

/** Keys of an account in a region, unless AWS is asked for more. */
const MOST_KEYS = 10_000;

/** API Gateway's usage plans and API keys for one data directory. Keys that somebody makes outlive the process. */
export async function createUsagePlans(options: {
  readonly dataDir: string;
  readonly clock: Clock;
}): Promise<LocalUsagePlans> {
  const { dataDir, clock } = options;
  const file = openPrivateJson<KeyFile>(join(dataDir, 'api-gateway', 'keys.json'));
  const lock = createKeyedLock();
  const plans = new Map<string, UsagePlan>();
  const ofTemplate = new Map<string, ApiKey>();
  const made = new Map<string, ApiKey>(((await file.read())?.keys ?? []).map((key) => [key.id, key]));
  const byValue = new Map<string, string>();
  const buckets = new Map<string, TokenBucket>();
  for (const { id, value } of made.values()) byValue.set(value, id);

  const find = (id: string): ApiKey | undefined => ofTemplate.get(id) ?? made.get(id);
  const seconds = () => Math.floor(clock() / 1000);

  function key(id: string): ApiKey {
    const found = find(id);
    if (!found) throw new AwsError('NotFoundException', 'Invalid API Key identifier specified', 404);
    return found;
  }

  function plan(id: string): UsagePlan {
    const found = plans.get(id);
    if (!found) throw new AwsError('NotFoundException', 'Invalid Usage Plan ID specified', 404);
    return found;
  }

  /** Comes to disk before anybody is told. The template's keys are made again by every start. */
  async function change(edit: () => void): Promise<void> {
    edit();
    await file.write({ version: 1, keys: [...made.values()] });
  }

  function store(changed: ApiKey): void {
    (ofTemplate.has(changed.id) ? ofTemplate : made).set(changed.id, changed);
    byValue.set(changed.value, changed.id);
  }

  /** The plan of a key for a stage: there is never more than one. */
  function planOf({ plans: ids }: ApiKey, apiId: string, stage: string): UsagePlan | undefined {
    return ids
      .map((id) => plans.get(id))
      .find((one) => one?.stages.some((served) => served.apiId === apiId && served.stage === stage));
  }

  function withPlan(planId: string, keyId: string): ApiKey {
    const joined = plan(planId);
    const joining = key(keyId);
    const taken = joined.stages.some(({ apiId, stage }) => planOf(joining, apiId, stage) !== undefined);
    if (taken || joining.plans.includes(planId)) {
      throw new AwsError('ConflictException', 'The API key is in this usage plan, or in one of the same stage', 409);
    }
    return { ...joining, plans: [...joining.plans, planId] };
  }

  function newKey(id: string, { name = '', value, description = '', enabled = false }: NewKey): ApiKey {
    const chosen = value ?? randomBytes(20).toString('hex');
    if (!VALUE_SHAPE.test(chosen)) {
      throw new AwsError('BadRequestException', 'API Key value should be 20 to 128 letters and digits');
    }
    if ((byValue.get(chosen) ?? id) !== id) throw new AwsError('ConflictException', 'API Key already exists', 409);
    const now = seconds();
    return { id, name, value: chosen, description, enabled, createdDate: now, lastUpdatedDate: now, plans: [] };
  }

  return {
    definePlan(generatedName, properties) {
      const read = readPlan(idOf(generatedName), properties);
      plans.set(read.id, read);
      return read.id;
    },
    defineKey(generatedName, { Name, Value, Description, Enabled, StageKeys }) {
      if (StageKeys !== undefined) throw new Error('an API key with StageKeys has no stand-in; use a usage plan');
      const id = idOf(generatedName);
      ofTemplate.set(
        id,
        newKey(id, {
          name: textOr(Name, generatedName),
          value: typeof Value === 'string' ? Value : createHash('sha256').update(generatedName).digest('hex'),
          description: textOr(Description, ''),
          enabled: Enabled === true || Enabled === 'true',
        }),
      );
      store(key(id));
      return id;
    },
    defineMembership(planId, keyId) {
      store(withPlan(planId, keyId));
      return `${keyId}:${planId}`;
    },
    plans: () => [...plans.values()].toSorted(byId),
    plan,
    keys: () => [...ofTemplate.values(), ...made.values()].toSorted(byId),
    key,
    createKey: (input) =>
      lock.run('keys', async () => {
        if (ofTemplate.size + made.size >= MOST_KEYS) {
          throw new AwsError('LimitExceededException', 'Maximum number of API keys reached', 429);
        }
        const created = newKey(randomBytes(8).toString('hex').slice(0, 10), input);
        await change(() => store(created));
        return created;
      }),
    deleteKey: (id) =>
      lock.run('keys', async () => {
        const { value } = key(id);
        await change(() => {
          ofTemplate.delete(id);
          made.delete(id);
          byValue.delete(value);
          buckets.delete(id);
        });
      }),
    addToPlan: (planId, keyId) =>
      lock.run('keys', async () => {
        const joined = withPlan(planId, keyId);
        await change(() => store(joined));
        return joined;
      }),
    removeFromPlan: (planId, keyId) =>
      lock.run('keys', async () => {
        const leaving = key(keyId);
        plan(planId);
        if (!leaving.plans.includes(planId)) {
          throw new AwsError('NotFoundException', 'The API key is not in this usage plan', 404);
        }
        await change(() => store({ ...leaving, plans: leaving.plans.filter((id) => id !== planId) }));
      }),
    admit(keyValue, apiId, stage) {
      const used = find(byValue.get(keyValue) ?? '');
      const applying = used?.enabled === true ? planOf(used, apiId, stage) : undefined;
      if (!used || !applying) return 'unknown key';
      if (!applying.throttle) return 'admitted';
      const now = clock();
      const bucket = buckets.get(used.id) ?? new TokenBucket(applying.throttle, now);
      buckets.set(used.id, bucket);
      return bucket.admit(applying.throttle, now) ? 'admitted' : 'throttled';
    },
    clear: () =>
      lock.run('keys', () =>
        change(() => {
          for (const { id, value } of made.values()) {
            byValue.delete(value);
            buckets.delete(id);
          }
          made.clear();
        }),
      ),
  };
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);

const textOr = (value: unknown, other: string): string => (typeof value === 'string' ? value : other);

/** Ten characters as API Gateway gives them, the same at every start. */
const idOf = (generatedName: string): string =>
  BigInt(`0x${createHash('sha256').update(generatedName).digest('hex')}`)
    .toString(36)
    .slice(0, 10);

function readPlan(id: string, { UsagePlanName, Description, ApiStages = [], Throttle, Quota }: Properties): UsagePlan {
  if (Quota !== undefined) throw new Error('a usage plan with a Quota has no stand-in');
  const stages = ApiStages as readonly Readonly<Record<string, unknown>>[];
  if (stages.some(({ Throttle: ofMethods = {} }) => Object.keys(ofMethods as object).length > 0)) {
    throw new Error('a usage plan that limits single methods has no stand-in');
  }
  return {
    id,
    name: textOr(UsagePlanName, id),
    description: textOr(Description, ''),
    stages: stages.map(({ ApiId, Stage }) => ({ apiId: String(ApiId), stage: String(Stage) })),
    throttle: readThrottle(Throttle as Readonly<Record<string, unknown>> | undefined),
  };
}

function readThrottle(given: Readonly<Record<string, unknown>> | undefined): BucketLimits | undefined {
  if (given === undefined) return undefined;
  const { RateLimit, BurstLimit } = given;
  if (RateLimit === undefined || BurstLimit === undefined) {
    throw new Error('a usage plan needs both RateLimit and BurstLimit, or neither');
  }
  return { rate: Number(RateLimit), burst: Number(BurstLimit) };
}
