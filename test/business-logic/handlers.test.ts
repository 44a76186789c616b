import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type {
  APIGatewayAuthorizerResult,
  APIGatewayProxyResult,
  FirehoseTransformationEvent,
  FirehoseTransformationResult,
} from 'aws-lambda';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { Env } from '../../business-logic/shared/env.ts';
import { digestOf, erasedText } from '../../business-logic/shared/personal-data-cipher.ts';
import { createToken } from '../../business-logic/shared/token.ts';
import { buildFunction } from '../../lib/constructs/build-function.ts';
import { declarationsOf } from '../../lib/schemas/declarations.ts';
import { readEventSchemas } from '../../lib/schemas/read-event-schemas.ts';
import { validatorModule } from '../../lib/schemas/validator-module.ts';
import { startDynamoDb, tables } from '../support/a-dynamodb.ts';
import { digestSecret, startKeyService } from '../support/a-key-service.ts';
import { aUsageKeyService } from '../support/a-usage-key-service.ts';
import { anEvent } from '../support/an-event.ts';
import { firehoseBatch, packed, rowsOf } from '../support/firehose-batch.ts';
import { aRequest } from './api-admin/an-admin-api.ts';

const schemas = readEventSchemas('config/events');
const { client, endpoint } = await startDynamoDb({ transactions: true });
const keyService = await startKeyService();
const usageKeys = await aUsageKeyService();
const environment = {
  [Env.applicationsTable]: tables.applications,
  [Env.authorizationsTable]: tables.authorizations,
  [Env.authorizationsByApplicationIndex]: tables.byApplication,
  [Env.sharedUsageKey]: 'the-shared-key',
  [Env.workloadName]: 'playlake',
  [Env.clientUsagePlan]: usageKeys.plans.client,
  [Env.serverUsagePlan]: usageKeys.plans.server,
  [Env.undeclaredEventTypes]: 'REJECT',
  [Env.maxEventAgeDays]: '400',
  [Env.corsOrigins]: 'https://console.example',
  [Env.workGroup]: 'playlake',
  [Env.eventsDatabase]: 'playlake',
  [Env.workflowName]: 'playlake',
  [Env.playerKeysTable]: tables.playerKeys,
  [Env.piiKeyId]: 'arn:aws:kms:eu-central-1:111122223333:key/1',
  [Env.digestSecret]: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:digests',
  AWS_ENDPOINT_URL: endpoint,
  AWS_ENDPOINT_URL_API_GATEWAY: usageKeys.endpoint.url,
  AWS_ENDPOINT_URL_KMS: keyService.endpoint,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: keyService.endpoint,
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: usageKeys.endpoint.clientConfig.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: usageKeys.endpoint.clientConfig.credentials.secretAccessKey,
};
for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);

const temporary = mkdtempSync(join(tmpdir(), 'playlake-handlers-'));
afterAll(async () => {
  await usageKeys.close();
  rmSync(temporary, { recursive: true });
  // Other files run in the same process.
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
/** What lies below a folder of this name is run as it is; vitest would take seconds to transform a bundle. */
const folder = join(temporary, 'node_modules');

/** Everything that the functions wrote to their logs. */
const output: string[] = [];
for (const stream of [process.stdout, process.stderr]) {
  vi.spyOn(stream, 'write').mockImplementation((text) => Boolean(output.push(String(text))));
}
for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
  vi.spyOn(globalThis.console, method).mockImplementation((...args: unknown[]) => void output.push(args.join(' ')));
}

/** A function as it is deployed: bundled, with what is declared of events beside it, in this environment. */
async function load<Handler>(name: string): Promise<Handler> {
  const place = join(folder, name);
  mkdirSync(place, { recursive: true });
  for (const { name: file, text } of buildFunction(name).modules) writeFileSync(join(place, file), text);
  writeFileSync(join(place, 'event-schemas.json'), JSON.stringify(declarationsOf(schemas)));
  writeFileSync(join(place, 'event-validators.mjs'), validatorModule(schemas));
  const entry = pathToFileURL(join(place, 'index.mjs')).href;
  return ((await import(/* @vite-ignore */ entry)) as { readonly handler: Handler }).handler;
}

type AdminHandler = (event: ReturnType<typeof aRequest>) => Promise<APIGatewayProxyResult>;
type AuthorizerHandler = (event: object) => Promise<APIGatewayAuthorizerResult>;
type TransformHandler = (event: FirehoseTransformationEvent) => Promise<FirehoseTransformationResult>;

const [admin, authorizer, transform] = await Promise.all([
  load<AdminHandler>('api-admin'),
  load<AuthorizerHandler>('api-authorizer'),
  load<TransformHandler>('events-processing'),
]);

async function call(...args: Parameters<typeof aRequest>): Promise<Record<string, string>> {
  return JSON.parse((await admin(aRequest(...args))).body) as Record<string, string>;
}

async function effectOf(token: string): Promise<string | undefined> {
  const methodArn = 'arn:aws:execute-api:eu-central-1:111122223333:api/live/POST/applications/x/events';
  const { policyDocument } = await authorizer({ type: 'TOKEN', authorizationToken: token, methodArn });
  return policyDocument.Statement[0]?.Effect;
}

const { ApplicationId = '' } = await call('POST', '/applications', { body: { Name: 'Flamingo' } });
const keys = '/applications/{applicationId}/authorizations';
const { ApiKeyId = '', ApiKeyValue = '' } = await call('POST', keys, {
  params: { applicationId: ApplicationId },
  body: { Name: 'CI' },
});

describe('the functions, bundled as they are deployed', () => {
  it('accept a token from the moment it was made until it is disabled', async () => {
    const params = { applicationId: ApplicationId, apiKeyId: ApiKeyId };
    expect(await effectOf(ApiKeyValue)).toBe('Allow');
    await call('PUT', `${keys}/{apiKeyId}`, { params, body: { Enabled: false } });
    expect(await effectOf(ApiKeyValue)).toBe('Deny');
    await call('PUT', `${keys}/{apiKeyId}`, { params, body: { Enabled: true } });
    expect(await effectOf(ApiKeyValue)).toBe('Allow');
    expect(await effectOf(createToken().token)).toBe('Deny');
  });

  it('judge events by the schemas beside the bundle and the registered applications', async () => {
    const events = [anEvent(), anEvent({ event_type: 'dragon' }), anEvent({ event_data: {} })];
    const batch = firehoseBatch(packed(events, { application_id: ApplicationId }), packed([anEvent()]), 'flamingo');
    const { records } = await transform(batch);
    expect(records.map(({ result }) => result)).toEqual(['Ok', 'Ok', 'ProcessingFailed']);
    const rows = records
      .slice(0, 2)
      .map((record) => rowsOf(record).map(({ rejection, status }) => rejection?.code ?? status));
    expect(rows).toEqual([['accepted', 'undeclared_event_type', 'schema_mismatch'], ['unregistered_application']]);
    expect(rowsOf(records[0]!)[0]).toMatchObject({ application_name: 'Flamingo' });
    expect(keyService.calls).toEqual([]);
  });

  it('encrypt what is personal under a key of the player, and erase that when the account is closed', async () => {
    const stamps = { application_id: '_accounts', role: 'publisher' };
    const created = anEvent({
      event_type: 'account_created',
      event_data: { user_id: 'u-flamingo', player_name: 'Flora Flamingo' },
    });
    const [row] = rowsOf((await transform(firehoseBatch(packed([created], stamps)))).records[0]!);
    const calls = ['TrentService.GenerateDataKey', 'secretsmanager.GetSecretValue'];
    expect(keyService.calls).toEqual(calls);
    const data = JSON.parse(row?.event_data ?? '') as Record<string, string>;
    expect(data).toEqual({
      user_id: expect.stringMatching(/^enc:v1:.{52}$/),
      user_id_digest: digestOf(digestSecret, 'u-flamingo'),
      player_name: expect.stringMatching(/^enc:v1:.{56}$/),
    });

    const closed = anEvent({ event_type: 'account_closed', event_data: {} });
    const [, again] = rowsOf((await transform(firehoseBatch(packed([closed, created], stamps)))).records[0]!);
    expect(JSON.parse(again?.event_data ?? '')).toEqual({ ...data, user_id: erasedText, player_name: erasedText });
    expect(keyService.calls).toEqual(calls);
    const key = await client.call('GetItem', {
      TableName: tables.playerKeys,
      Key: { key_id: 'player#player-1' },
      ConsistentRead: true,
    });
    expect(Object.keys(key.Item ?? {}).toSorted()).toEqual(['erased_at', 'key_id']);
  });

  it('let the configured origin read what the admin API answers', async () => {
    const { headers } = await admin(aRequest('GET', '/applications'));
    expect(headers).toMatchObject({ 'Access-Control-Allow-Origin': 'https://console.example' });
  });

  it('have logged what they did, and neither a token nor a payload', () => {
    const logs = output.join('\n');
    expect(logs).toContain('batch transformed');
    expect(logs).toContain('request answered');
    expect(logs).toContain('record could not be read');
    expect(logs).not.toContain(ApiKeyValue.slice(25));
    expect(logs).not.toMatch(/flamingo|Flamingo|player-1/);
  });
});
