import type { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { LimitExceededException, TooManyRequestsException } from '@aws-sdk/client-api-gateway';
import { afterAll, describe, expect, it } from 'vitest';
import { gatewayUsageKeys } from '../../../../business-logic/api-admin/usage-keys/gateway-usage-keys.ts';
import { aUsageKeyService } from '../../../support/a-usage-key-service.ts';

const service = await aUsageKeyService();
afterAll(() => service.close());

const warned: unknown[][] = [];
const options = {
  workload: 'play',
  plans: service.plans,
  logger: { warn: (...args: unknown[]) => void warned.push(args) },
};
const keys = gatewayUsageKeys(service.client, options);

/** A control plane that answers everything with one error. */
function failing(error: Error): APIGatewayClient {
  const send = async () => {
    throw error;
  };
  return { send } as unknown as APIGatewayClient;
}

const metadata = { $metadata: {}, message: 'no' };

describe('the API keys that limit applications', () => {
  it('are made once for each class, in the plan of the class, by a value that may stand in a request', async () => {
    const client = await keys.ensure('game-a', 'client');
    expect(client).toMatch(/^[0-9a-f]{64}$/);
    expect(await keys.ensure('game-a', 'client')).toBe(client);
    expect(await keys.ensure('game-a', 'server')).not.toBe(client);
    expect(await keys.ensure('game-b', 'client')).not.toBe(client);
    expect(service.members('client').toSorted()).toEqual(['play.client.game-a', 'play.client.game-b']);
    expect(service.members('server')).toEqual(['play.server.game-a']);
    expect(service.usagePlans.keys().every(({ enabled }) => enabled)).toBe(true);
  });

  it('are made whole again where one of the two steps is missing', async () => {
    const value = await keys.ensure('game-c', 'client');
    const { id } = service.usagePlans.keys().find((key) => key.value === value)!;
    await service.usagePlans.removeFromPlan(service.plans.client, id);
    expect(await keys.ensure('game-c', 'client')).toBe(value);
    expect(service.members('client')).toContain('play.client.game-c');
    await service.usagePlans.deleteKey(id);
    expect(await keys.ensure('game-c', 'client')).toBe(value);
    expect(service.members('client')).toContain('play.client.game-c');
  });

  it('are deleted with their application, and with no other whose id begins alike', async () => {
    await keys.ensure('game-aa', 'client');
    await keys.deleteAll('game-a');
    await keys.deleteAll('game-a');
    const left = [...service.members('client'), ...service.members('server')];
    expect(left.toSorted()).toEqual(['play.client.game-aa', 'play.client.game-b', 'play.client.game-c']);
  });

  it('are done without where the account may have no more of them', async () => {
    const full = gatewayUsageKeys(failing(new LimitExceededException(metadata)), options);
    expect(await full.ensure('game-d', 'client')).toBeUndefined();
    expect(warned).toMatchObject([[expect.stringContaining('no API key'), { applicationId: 'game-d' }]]);
  });

  it('are asked for again later where they are made too fast, and never done without for another reason', async () => {
    const busy = gatewayUsageKeys(failing(new TooManyRequestsException(metadata)), options);
    await expect(busy.ensure('game-d', 'client')).rejects.toMatchObject({ status: 429 });
    const broken = gatewayUsageKeys(failing(new Error('no way')), options);
    await expect(broken.ensure('game-d', 'client')).rejects.toThrow('no way');
  });
});
