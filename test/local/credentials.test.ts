import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCredentials } from '../../local/credentials.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'credentials-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const create = () => createCredentials({ dataDir, accountId: '000000000000' });
const role = 'arn:aws:iam::000000000000:role/sender';

it('makes keys once and keeps them for their owner alone', async () => {
  const first = create();
  const key = first.forRole(role);
  expect(first.forRole(role)).toEqual(key);
  const second = create();
  expect(second.admin).toEqual(first.admin);
  expect(second.forRole(role)).toEqual(key);
  expect((await stat(join(dataDir, 'credentials.json'))).mode & 0o077).toBe(0);
  expect(await readFile(join(dataDir, 'credentials.json'), 'utf8')).toContain(key.secretAccessKey);
});

it('knows whose a key is', () => {
  const credentials = create();
  const { accessKeyId, secretAccessKey } = credentials.forRole(role);
  expect(credentials.find(accessKeyId)).toEqual({ secretAccessKey, principal: { kind: 'role', arn: role } });
  expect(credentials.find(credentials.admin.accessKeyId)?.principal.kind).toBe('admin');
  expect(credentials.find('AKIANOBODY')).toBeUndefined();
});

it('lets the admin do everything, a role what all of its policies say together', () => {
  const credentials = create();
  const principal = { kind: 'role', arn: role } as const;
  credentials.defineRole(role, [{ Effect: 'Allow', Action: 'firehose:PutRecord', Resource: 'arn:a' }]);
  credentials.defineRole(role, [{ Effect: 'Allow', Action: 'firehose:PutRecord', Resource: 'arn:b' }]);
  const may = (resource: string) => credentials.isAllowed(principal, 'firehose:PutRecord', resource);
  expect([may('arn:a'), may('arn:b'), may('arn:c')]).toEqual([true, true, false]);
  expect(credentials.isAllowed({ kind: 'admin', arn: 'x' }, 'any:Thing', 'arn:c')).toBe(true);
});
