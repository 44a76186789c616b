import {
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  DeleteUsagePlanKeyCommand,
  GetApiKeyCommand,
  GetUsagePlanCommand,
  GetUsagePlanKeysCommand,
  GetUsagePlansCommand,
  paginateGetApiKeys,
} from '@aws-sdk/client-api-gateway';
import { afterAll, describe, expect, it } from 'vitest';
import { createUsagePlans } from '../../local/usage-plans.ts';
import { aUsageKeyService } from '../support/a-usage-key-service.ts';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.ts';

let now = Date.parse('2026-11-21T09:30:00Z');
const { client, endpoint, usagePlans, plans, close } = await aUsageKeyService(() => now);
const folders: string[] = [];
afterAll(async () => {
  await close();
  for (const folder of folders) await removeFolder(folder);
});

const value = (letter: string) => letter.repeat(20);

async function member(letter: string, plan: 'client' | 'server' = 'client'): Promise<string> {
  const { id } = await client.send(new CreateApiKeyCommand({ name: letter, value: value(letter), enabled: true }));
  await client.send(new CreateUsagePlanKeyCommand({ usagePlanId: plans[plan], keyId: id, keyType: 'API_KEY' }));
  return id!;
}

const admitted = (letter: string, times: number) =>
  Array.from({ length: times }, () => usagePlans.admit(value(letter), 'api1', 'live')).filter(
    (admission) => admission === 'admitted',
  ).length;

describe('usage plans', () => {
  it('limit every key by itself: its burst at once, then its rate', async () => {
    await member('a');
    await member('b');
    await member('c', 'server');
    expect([admitted('a', 9), admitted('b', 1), admitted('c', 9)]).toEqual([2, 1, 4]);
    now += 1_000;
    expect([admitted('a', 9), admitted('c', 9)]).toEqual([1, 2]);
    now -= 60_000;
    expect([admitted('a', 9), admitted('b', 9)]).toEqual([0, 1]);
  });

  it('know no key that is disabled, in no plan of the stage, or not there', async () => {
    await client.send(new CreateApiKeyCommand({ name: 'd', value: value('d'), enabled: true }));
    const e = await client.send(new CreateApiKeyCommand({ name: 'e', value: value('e') }));
    await usagePlans.addToPlan(plans.client, e.id!);
    await member('f');
    const asked = ['d', 'e', 'x'].map((letter) => usagePlans.admit(value(letter), 'api1', 'live'));
    expect([...asked, usagePlans.admit(value('f'), 'api2', 'live')]).toEqual(asked.concat('unknown key'));
    expect(new Set(asked)).toEqual(new Set(['unknown key']));
  });

  it('remember keys that were made, and forget them when the data directory is reset', async () => {
    const dataDir = await temporaryFolder('usage-plans');
    folders.push(dataDir);
    const open = async () => {
      const opened = await createUsagePlans({ dataDir, clock: () => now });
      const plan = opened.definePlan('p', { ApiStages: [{ ApiId: 'api1', Stage: 'live' }] });
      const shared = opened.defineKey('shared', { Name: 'shared', Value: value('s'), Enabled: true });
      opened.defineMembership(plan, shared);
      return { opened, plan };
    };
    const first = await open();
    const { id } = await first.opened.createKey({ name: 'g', value: value('g'), enabled: true });
    await first.opened.addToPlan(first.plan, id);
    const { opened } = await open();
    expect(opened.admit(value('g'), 'api1', 'live')).toBe('admitted');
    await opened.clear();
    expect(opened.keys().map(({ name }) => name)).toEqual(['shared']);
    expect(['g', 's'].map((letter) => opened.admit(value(letter), 'api1', 'live'))).toEqual([
      'unknown key',
      'admitted',
    ]);
    expect((await open()).opened.keys()).toHaveLength(1);
  });

  it.each([
    [{ Quota: { Limit: 1 } }, 'Quota'],
    [{ ApiStages: [{ ApiId: 'a', Stage: 's', Throttle: { '/x/GET': {} } }] }, 'single methods'],
    [{ Throttle: { RateLimit: 1 } }, 'both RateLimit and BurstLimit'],
  ])('that have no stand-in are refused: %j', (properties, message) => {
    expect(() => usagePlans.definePlan('other', properties)).toThrow(message);
  });
});

describe('the control plane', () => {
  it('lists keys page by page, with values for those who ask, and by the beginning of a name', async () => {
    const names: (string | undefined)[] = [];
    for await (const { items } of paginateGetApiKeys({ client, pageSize: 2 }, {})) {
      expect(items!.length).toBeLessThanOrEqual(2);
      names.push(...items!.map((key) => key.name));
      expect(items!.every((key) => key.value === undefined)).toBe(true);
    }
    expect(names.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    const named = paginateGetApiKeys({ client }, { nameQuery: 'a', includeValues: true });
    for await (const { items } of named) expect(items).toMatchObject([{ name: 'a', value: value('a') }]);
  });

  it('shows the plans and their keys', async () => {
    const { items } = await client.send(new GetUsagePlansCommand({}));
    expect(items?.map(({ name }) => name).toSorted()).toEqual(['playlake-client', 'playlake-server']);
    const plan = await client.send(new GetUsagePlanCommand({ usagePlanId: plans.client }));
    expect(plan).toMatchObject({
      apiStages: [{ apiId: 'api1', stage: 'live' }],
      throttle: { rateLimit: 1, burstLimit: 2 },
    });
    const members = await client.send(new GetUsagePlanKeysCommand({ usagePlanId: plans.server }));
    expect(members.items).toMatchObject([{ name: 'c', type: 'API_KEY', value: value('c') }]);
  });

  it('refuses what API Gateway refuses', async () => {
    const create = (input: object) => client.send(new CreateApiKeyCommand(input));
    await expect(create({ value: value('a') })).rejects.toMatchObject({ name: 'ConflictException' });
    await expect(create({ value: 'short' })).rejects.toMatchObject({ name: 'BadRequestException' });
    await expect(create({ tags: { a: 'b' } })).rejects.toMatchObject({ name: 'BadRequestException' });
    const none = client.send(new GetApiKeyCommand({ apiKey: 'none' }));
    await expect(none).rejects.toMatchObject({ name: 'NotFoundException' });
    const id = usagePlans.keys().find(({ name }) => name === 'c')!.id;
    const again = (usagePlanId: string) =>
      client.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId: id, keyType: 'API_KEY' }));
    await expect(again(plans.server)).rejects.toMatchObject({ name: 'ConflictException' });
    await expect(again(plans.client)).rejects.toMatchObject({ name: 'ConflictException' });
    await client.send(new DeleteUsagePlanKeyCommand({ usagePlanId: plans.server, keyId: id }));
    expect((await again(plans.client)).id).toBe(id);
  });

  it('asks whether the caller may, by the path that policies name', async () => {
    endpoint.authorized.length = 0;
    await member('h');
    expect(endpoint.authorized).toEqual([
      ['apigateway:POST', 'arn:aws:apigateway:eu-central-1::/apikeys'],
      ['apigateway:POST', `arn:aws:apigateway:eu-central-1::/usageplans/${plans.client}/keys`],
    ]);
    endpoint.deny = true;
    await expect(client.send(new GetUsagePlansCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    endpoint.deny = false;
  });
});
