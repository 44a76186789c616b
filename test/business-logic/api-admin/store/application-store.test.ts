import { describe, expect, it } from 'vitest';
import { collectInOrder } from '../../../../business-logic/api-admin/collect-in-order.ts';
import { applicationStore } from '../../../../business-logic/api-admin/store/application-store.ts';
import { applicationStore as lookup } from '../../../../business-logic/events-processing/find-application.ts';
import { aDynamoDb, tables } from '../../../support/a-dynamodb.ts';

const client = await aDynamoDb();
const store = applicationStore(client, tables.applications);
const anItem = (id: string, description = '') => ({
  application_id: id,
  application_name: `Name of ${id}`,
  description,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
});

describe('the application store', () => {
  it('lists what DynamoDB answers in several pages of 1 MB', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `game-${index + 10}`);
    for (const id of ids) await store.create(anItem(id, 'x'.repeat(200_000)));
    const listed = await collectInOrder(store.list(), ({ application_id }) => application_id);
    expect(listed.map(({ application_id }) => application_id)).toEqual(ids);
  });

  it('never makes one id twice', async () => {
    await store.create(anItem('twice'));
    await expect(store.create(anItem('twice', 'other'))).rejects.toThrow('conditional request failed');
    expect(await store.find('twice')).toMatchObject({ description: '' });
  });

  it('notes authorizations until the application is being deleted', async () => {
    await store.create(anItem('game-1'));
    expect(await store.addKey('game-1', 'a')).toBe(true);
    expect(await store.addKey('game-1', 'b')).toBe(true);
    await store.removeKey('game-1', 'b');
    expect(await store.addKey('nowhere', 'a')).toBe(false);
    const at = '2026-01-02T00:00:00.000Z';
    expect(await store.markDeleting(anItem('game-1'), at)).toEqual(['a']);
    expect(await store.addKey('game-1', 'c')).toBe(false);
    await store.delete('game-1');
    expect(await store.find('game-1')).toBeUndefined();
    expect(await store.markDeleting(anItem('game-1'), at)).toBeUndefined();
    expect(await store.find('game-1')).toBeUndefined();
  });
});

describe('marking an application as being deleted', () => {
  it.each([
    ['for the first time', undefined, '2026-01-01T10:00:00.000Z'],
    ['again', '2026-01-01T09:00:00.000Z', '2026-01-01T10:00:00.000Z'],
  ])('fails where players have registered %s since it was read', async (_when, registered_at, since) => {
    const read = { ...anItem(`noted-${since}-${registered_at}`), ...(registered_at && { registered_at }) };
    await store.create({ ...read, registered_at: since });
    expect(await store.markDeleting(read, since)).toBeUndefined();
    expect(await store.addKey(read.application_id, 'a')).toBe(true);
    expect(await store.markDeleting({ ...read, registered_at: since }, since)).toEqual(['a']);
  });
});

describe("the transform's lookup", () => {
  it('finds what the admin API made, and no more of it than it needs', async () => {
    await store.create(anItem('game-2', 'secret plans'));
    const find = lookup(client, tables.applications);
    expect(await find('game-2')).toEqual({ application_id: 'game-2', application_name: 'Name of game-2' });
    expect(await find('_accounts')).toBeUndefined();
  });
});
