import { describe, expect, it } from 'vitest';
import { gameStore } from '../../../../business-logic/api-accounts/store/game-store.ts';
import type { TableClient } from '../../../../business-logic/shared/aws/dynamodb/table-client.ts';
import { aDynamoDb, tables } from '../../../support/a-dynamodb.ts';

describe('gameStore', () => {
  it('finds games beyond one batch, each id asked for once', async () => {
    const store = gameStore(await aDynamoDb(), tables.applications);
    const ids = Array.from({ length: 120 }, (_, index) => `g-${index}`);
    await Promise.all(ids.map((game_id) => store.publish({ game_id, name: 'G' }, 's', '2026')));
    const found = await store.find([...ids, ...ids, 'none']);
    expect([...found.keys()].toSorted()).toEqual(ids.toSorted());
    expect(found.get('g-119')).toEqual({ application_id: 'g-119', studio_id: 's' });
  });

  it('asks again for keys that were not processed, and gives up in the end', async () => {
    const waits: number[] = [];
    let calls = 0;
    const client = (processes: (call: number) => boolean) =>
      ({
        call: async (_: string, input: { RequestItems: { t: { Keys: { application_id: string }[] } } }) => {
          const { Keys } = input.RequestItems.t;
          calls += 1;
          const done = processes(calls) ? Keys : Keys.slice(0, 1);
          return { Responses: { t: done }, UnprocessedKeys: { t: { Keys: Keys.slice(done.length) } } };
        },
      }) as unknown as TableClient;
    const wait = async (ms: number) => void waits.push(ms);
    const store = gameStore(
      client((call) => call > 1),
      't',
      wait,
    );
    expect([...(await store.find(['a', 'b', 'c'])).keys()]).toEqual(['a', 'b', 'c']);
    expect(waits).toEqual([50]);
    const stuck = gameStore(
      client(() => false),
      't',
      wait,
    );
    await expect(stuck.find(Array.from({ length: 20 }, (_, index) => `g-${index}`))).rejects.toThrow(/in 8 tries/);
  });
});
