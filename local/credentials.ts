import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAccess } from './policy/access.ts';
import type { AccessOptions } from './policy/access.ts';
import type { AccessKey, Credentials, Principal } from './runtime.ts';

/** Contents of `<data-dir>/credentials.json`. */
interface StoredKeys {
  readonly admin: AccessKey;
  readonly roles: Record<string, AccessKey>;
}

export interface CredentialsOptions extends Partial<AccessOptions> {
  readonly dataDir: string;
  readonly accountId: string;
}

/** Access keys of one data directory; kept in `credentials.json`, readable by its owner alone. */
export function createCredentials({ dataDir, accountId, log, record }: CredentialsOptions): Credentials {
  const path = join(dataDir, 'credentials.json');
  const keys = readKeys(path) ?? { admin: newAccessKey(), roles: {} };
  const access = createAccess({ accountId, log, record });
  const holders = new Map<string, { secretAccessKey: string; principal: Principal }>();

  const remember = (key: AccessKey, principal: Principal): void => {
    holders.set(key.accessKeyId, { secretAccessKey: key.secretAccessKey, principal });
  };
  remember(keys.admin, { kind: 'admin', arn: `arn:aws:iam::${accountId}:user/admin` });
  for (const [arn, key] of Object.entries(keys.roles)) remember(key, { kind: 'role', arn });
  writeKeys(path, keys);

  return {
    admin: keys.admin,
    forRole(roleArn) {
      const known = keys.roles[roleArn];
      if (known) return known;
      const made = newAccessKey();
      keys.roles[roleArn] = made;
      remember(made, { kind: 'role', arn: roleArn });
      writeKeys(path, keys);
      return made;
    },
    find: (accessKeyId) => holders.get(accessKeyId),
    defineRole: (roleArn, statements, origin = roleArn) => access.defineRole(roleArn, statements, origin),
    defineTrust: access.defineTrust,
    definePolicy: access.definePolicy,
    isAllowed: (principal, action, resourceArn, context = {}) =>
      access.judge(principal, action, resourceArn, context).decision === 'allowed',
    explain: (principal, action, resourceArn, context = {}) =>
      access.explain(access.judge(principal, action, resourceArn, context)),
    refuseToAssume(service, roleArn) {
      const trust = access.assume(service, roleArn);
      return trust.decision === 'allowed' ? undefined : access.explain(trust);
    },
  };
}

function newAccessKey(): AccessKey {
  const id = Array.from({ length: 16 }, () => BASE32[randomInt(BASE32.length)]).join('');
  return { accessKeyId: `AKIA${id}`, secretAccessKey: randomBytes(30).toString('base64') };
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function readKeys(path: string): StoredKeys | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as StoredKeys;
  } catch (error) {
    throw new Error(`${path} cannot be read; delete it to have new keys made`, { cause: error });
  }
}

function writeKeys(path: string, keys: StoredKeys): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
