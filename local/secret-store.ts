import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createKeyedLock } from './keyed-lock.ts';
import { openPrivateJson } from './private-json.ts';
import { AwsError } from './runtime.ts';
import type { Clock, Properties, SecretStore } from './runtime.ts';
import { randomPassword } from './secrets/random-password.ts';

/** One version of a secret. */
export interface SecretVersion {
  readonly id: string;
  /** E.g. `AWSCURRENT`; without any, the version is deprecated. */
  readonly stages: readonly string[];
  readonly string?: string;
  /** Base64. */
  readonly binary?: string;
  /** Seconds since the epoch. */
  readonly created_at: number;
}

/** A secret with its versions, newest last. */
export interface StoredSecret {
  readonly arn: string;
  readonly name: string;
  readonly description: string;
  readonly created_at: number;
  /** SHA-256 of what the template says of its value, so that a change of the template makes a new version. */
  readonly declared: string;
  readonly versions: readonly SecretVersion[];
}

/** A value that is put; one of the two. */
export interface SecretValue {
  readonly string?: string;
  readonly binary?: string;
}

/** What the Secrets Manager protocol needs beyond what the rest of the runtime does. */
export interface LocalSecretStore extends SecretStore {
  /** By name, ARN, or ARN without its last six characters. Throws ResourceNotFoundException. */
  find(reference: string): StoredSecret;
  /** In the order of their names. */
  secrets(): readonly StoredSecret[];
  /** Throws ResourceExistsException where the token's version holds another value. */
  put(
    arn: string,
    value: SecretValue,
    options: { readonly token: string; readonly stages: readonly string[] },
  ): Promise<SecretVersion>;
}

export interface SecretStoreOptions {
  readonly dataDir: string;
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
}

/** Contents of `<data-dir>/secrets/secrets.json`: secrets by ARN. */
interface SecretFile {
  readonly version: 1;
  readonly secrets: Readonly<Record<string, StoredSecret>>;
}

const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';

/** AWS Secrets Manager for one data directory: a value is made once and kept. */
export function createSecretStore({ dataDir, region, accountId, clock }: SecretStoreOptions): LocalSecretStore {
  const file = openPrivateJson<SecretFile>(join(dataDir, 'secrets', 'secrets.json'));
  const prefix = `arn:aws:secretsmanager:${region}:${accountId}:secret:`;
  const secrets = new Map<string, StoredSecret>();
  const lock = createKeyedLock();

  async function keep(secret: StoredSecret): Promise<void> {
    const stored = (await file.read())?.secrets ?? {};
    await file.write({ version: 1, secrets: { ...stored, [secret.arn]: secret } });
    secrets.set(secret.arn, secret);
  }

  function find(reference: string): StoredSecret {
    const found = [...secrets.values()].find(
      ({ arn, name }) => reference === arn || reference === name || reference === arn.slice(0, -'-abcdef'.length),
    );
    if (found) return found;
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }

  return {
    define: (name, properties) =>
      lock.run('file', async () => {
        const arn = `${prefix}${name}-${suffixOf(name)}`;
        const known = (await file.read())?.secrets[arn];
        const declared = digest(JSON.stringify([properties.SecretString, properties.GenerateSecretString]));
        const secret: StoredSecret = {
          arn,
          name,
          description: typeof properties.Description === 'string' ? properties.Description : '',
          created_at: known?.created_at ?? clock() / 1000,
          declared,
          versions: known?.versions ?? [],
        };
        if (known?.declared === declared) {
          secrets.set(arn, secret);
          return arn;
        }
        const value = declaredValue(properties);
        const version = value === undefined ? [] : [{ id: randomUUID(), string: value, created_at: clock() / 1000 }];
        await keep(version.reduce((all, one) => withVersion(all, one, [CURRENT]), secret));
        return arn;
      }),
    arnOf: (reference) => find(reference).arn,
    find,
    secrets: () => [...secrets.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    put: (arn, value, { token, stages }) =>
      lock.run('file', async () => {
        const secret = find(arn);
        const known = secret.versions.find(({ id }) => id === token);
        if (known && (known.string !== value.string || known.binary !== value.binary)) {
          const message = `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${arn}.`;
          throw new AwsError('ResourceExistsException', message);
        }
        if (known) return known;
        const changed = withVersion(secret, { id: token, ...value, created_at: clock() / 1000 }, stages);
        await keep(changed);
        return changed.versions.find(({ id }) => id === token)!;
      }),
  };
}

/** Adds a version; each of its stages is taken from the version that had it, and the current one becomes the previous. */
function withVersion(
  secret: StoredSecret,
  added: Omit<SecretVersion, 'stages'>,
  stages: readonly string[],
): StoredSecret {
  const replaces = stages.includes(CURRENT);
  const versions = secret.versions.map((version): SecretVersion => {
    const wasCurrent = replaces && version.stages.includes(CURRENT);
    const left = version.stages.filter((stage) => !stages.includes(stage) && !(replaces && stage === PREVIOUS));
    return { ...version, stages: wasCurrent ? [...left, PREVIOUS] : left };
  });
  return { ...secret, versions: [...versions, { ...added, stages }] };
}

/** What the template says of the value: text, a rule to make it by, or nothing. */
function declaredValue({ SecretString, GenerateSecretString }: Properties): string | undefined {
  if (typeof SecretString === 'string') return SecretString;
  if (typeof GenerateSecretString !== 'object' || GenerateSecretString === null) return undefined;
  const rule = GenerateSecretString as Properties;
  const password = randomPassword(rule);
  if (typeof rule.GenerateStringKey !== 'string') return password;
  const template = JSON.parse(String(rule.SecretStringTemplate)) as Record<string, unknown>;
  return JSON.stringify({ ...template, [rule.GenerateStringKey]: password });
}

/** Six letters and digits that end an ARN; here they come from the name, so that it stays the same. */
function suffixOf(name: string): string {
  return createHash('sha256')
    .update(name)
    .digest('base64')
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .slice(0, 6);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
