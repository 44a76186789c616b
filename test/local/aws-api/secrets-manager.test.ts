import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { secretsManagerProtocol } from '../../../local/aws-api/secrets-manager.ts';
import { createSecretStore } from '../../../local/secret-store.ts';
import type { LocalSecretStore } from '../../../local/secret-store.ts';
import { randomPassword } from '../../../local/secrets/random-password.ts';
import { anAwsEndpoint } from '../../support/an-aws-endpoint.ts';
import type { AwsEndpoint } from '../../support/an-aws-endpoint.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const place = { region: 'eu-central-1', accountId: '000000000000' };
const generated = { GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true } };

let dataDir: string;
let store: LocalSecretStore;
let endpoint: AwsEndpoint;
let secrets: SecretsManagerClient;
let arn: string;

const makeStore = () => createSecretStore({ ...place, dataDir, clock: Date.now });
const valueOf = async (SecretId: string) => (await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString;

beforeAll(async () => {
  dataDir = await temporaryFolder('secrets');
  store = makeStore();
  arn = await store.define('digest', { ...generated, Description: 'of user ids' });
  await store.define('empty', {});
  await store.define('guarded', { SecretString: 'open' });
  endpoint = await anAwsEndpoint(secretsManagerProtocol(store));
  endpoint.denied.add(store.arnOf('guarded'));
  secrets = new SecretsManagerClient(endpoint.clientConfig);
});
beforeEach(() => {
  endpoint.deny = false;
  endpoint.authorized.length = 0;
});
afterAll(async () => {
  secrets.destroy();
  await endpoint.close();
  await removeFolder(dataDir);
});

describe('AWS Secrets Manager', () => {
  it('generates a value once, under an ARN with six characters at its end', async () => {
    expect(arn).toMatch(/^arn:aws:secretsmanager:eu-central-1:000000000000:secret:digest-[A-Za-z0-9]{6}$/);
    const value = await valueOf(arn);
    expect(value).toMatch(/^[A-Za-z0-9]{64}$/);
    expect(await valueOf('digest')).toBe(value);
    expect(await valueOf(arn.slice(0, -7))).toBe(value);
    expect(endpoint.authorized).toContainEqual(['secretsmanager:GetSecretValue', arn]);
    const again = makeStore();
    expect(await again.define('digest', generated)).toBe(arn);
    expect(again.find('digest').versions).toMatchObject([{ string: value, stages: ['AWSCURRENT'] }]);
    expect((await stat(join(dataDir, 'secrets', 'secrets.json'))).mode & 0o777).toBe(0o600);
  });

  it('follows the template: another value makes a new version, and the old one stays the previous', async () => {
    await store.define('fixed', { SecretString: 'one' });
    expect(await valueOf('fixed')).toBe('one');
    await store.define('fixed', { SecretString: 'two' });
    expect(await valueOf('fixed')).toBe('two');
    const previous = new GetSecretValueCommand({ SecretId: 'fixed', VersionStage: 'AWSPREVIOUS' });
    expect((await secrets.send(previous)).SecretString).toBe('one');
    await store.define('user', {
      GenerateSecretString: { SecretStringTemplate: '{"name":"admin"}', GenerateStringKey: 'password' },
    });
    expect(JSON.parse((await valueOf('user')) ?? '')).toEqual({
      name: 'admin',
      password: expect.stringMatching(/^.{32}$/),
    });
  });

  it('puts a value, once for each token, and keeps it over a restart', async () => {
    await store.define('rotated', generated);
    const ClientRequestToken = 'a'.repeat(32);
    const put = new PutSecretValueCommand({ SecretId: 'rotated', SecretString: 'new', ClientRequestToken });
    expect(await secrets.send(put)).toMatchObject({ VersionId: ClientRequestToken, VersionStages: ['AWSCURRENT'] });
    expect(await secrets.send(put)).toMatchObject({ VersionId: ClientRequestToken });
    const other = new PutSecretValueCommand({ SecretId: 'rotated', SecretString: 'other', ClientRequestToken });
    await expect(secrets.send(other)).rejects.toMatchObject({ name: 'ResourceExistsException' });
    const binary = new PutSecretValueCommand({ SecretId: 'rotated', SecretBinary: Buffer.from([1, 2]) });
    const { VersionId } = await secrets.send(binary);
    const { SecretBinary } = await secrets.send(new GetSecretValueCommand({ SecretId: 'rotated', VersionId }));
    expect([...SecretBinary!]).toEqual([1, 2]);
    const shown = await secrets.send(new DescribeSecretCommand({ SecretId: 'rotated' }));
    expect(shown.VersionIdsToStages).toEqual({ [VersionId!]: ['AWSCURRENT'], [ClientRequestToken]: ['AWSPREVIOUS'] });
    const again = makeStore();
    await again.define('rotated', generated);
    expect(again.find('rotated').versions.at(-1)?.binary).toBe('AQI=');
  });

  it('lists secrets without their values', async () => {
    const { SecretList = [] } = await secrets.send(new ListSecretsCommand({ MaxResults: 2 }));
    expect(SecretList.map(({ Name }) => Name)).toEqual(['digest', 'empty']);
    expect(JSON.stringify(SecretList)).not.toContain(await valueOf('digest'));
  });

  it.each([
    ['an unknown secret', 'nothing', 'ResourceNotFoundException'],
    ['a secret without a value', 'empty', 'ResourceNotFoundException'],
    ['a secret whose policy denies it', 'guarded', 'AccessDeniedException'],
  ])('refuses %s', async (_what, SecretId, name) => {
    await expect(valueOf(SecretId)).rejects.toMatchObject({ name });
  });

  it('refuses whom it does not permit', async () => {
    endpoint.deny = true;
    await expect(valueOf('digest')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('a generated password', () => {
  it('has a character of each kind that it may have, and none that it may not', () => {
    for (let round = 0; round < 20; round++) {
      expect(randomPassword({ PasswordLength: 4 })).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^\w]|.*_).{4}$/);
    }
    const left = { ExcludeLowercase: true, ExcludeUppercase: true, ExcludePunctuation: true, ExcludeCharacters: '123' };
    expect(randomPassword(left)).toMatch(/^[04-9]{32}$/);
    expect(() => randomPassword({ ...left, ExcludeNumbers: true })).toThrow(/kinds/);
    expect(() => randomPassword({ PasswordLength: 3 })).toThrow(/3 characters of 4 kinds/);
  });
});
