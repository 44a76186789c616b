import { setTimeout as delay } from 'node:timers/promises';
import type { TableClient } from '../../shared/aws/dynamodb/table-client.ts';
import { ifMet } from '../../shared/if-met.ts';

/** What a row of the applications table says of a game's owner. */
export interface OwnedGame {
  readonly application_id: string;
  /** Absent where no studio has published it. */
  readonly studio_id?: string;
  /** Set once its deletion has begun. */
  readonly deleting_at?: string;
}

/** Whose games are whose. The table decides at once; the lake is up to an hour late. */
export interface GameStore {
  /** Those of the ids that are games, by id, as they are at this moment. */
  find(ids: Iterable<string>): Promise<ReadonlyMap<string, OwnedGame>>;
  /** Makes the game the studio's, and makes it at all if there is none; false when it is another's or being deleted. */
  publish(game: { readonly game_id: string; readonly name: string }, studioId: string, at: string): Promise<boolean>;
  /** Notes that registrations come in for a game; false when there is no such game, or no longer. */
  noteRegistration(id: string, at: string): Promise<boolean>;
}

/** Keys of one BatchGetItem, by DynamoDB. */
const batchSize = 100;
const maxTries = 8;
const firstWaitMilliseconds = 50;

/** The games in DynamoDB. */
export function gameStore(
  client: TableClient,
  TableName: string,
  wait: (milliseconds: number) => Promise<unknown> = delay,
): GameStore {
  return {
    find: async (ids) => {
      const keys = Array.from(new Set(ids), (application_id) => ({ application_id }));
      const found: OwnedGame[] = [];
      for (let start = 0; start < keys.length; start += batchSize) {
        found.push(...(await readBatch(client, TableName, keys.slice(start, start + batchSize), wait)));
      }
      return new Map(found.map((game) => [game.application_id, game]));
    },
    publish: async ({ game_id: application_id, name }, studioId, at) => {
      const update = {
        TableName,
        Key: { application_id },
        UpdateExpression:
          'SET studio_id = :studio, updated_at = :at, application_name = if_not_exists(application_name, :name), ' +
          'description = if_not_exists(description, :none), created_at = if_not_exists(created_at, :at)',
        ConditionExpression:
          'attribute_not_exists(deleting_at) AND (attribute_not_exists(studio_id) OR studio_id = :studio)',
        ExpressionAttributeValues: { ':studio': studioId, ':at': at, ':name': name, ':none': '' },
      };
      return (await ifMet(client.call('UpdateItem', update).then(() => true))) ?? false;
    },
    noteRegistration: async (application_id, at) => {
      const update = {
        TableName,
        Key: { application_id },
        UpdateExpression: 'SET registered_at = :at',
        ConditionExpression: 'attribute_exists(application_id) AND attribute_not_exists(deleting_at)',
        ExpressionAttributeValues: { ':at': at },
      };
      return (await ifMet(client.call('UpdateItem', update).then(() => true))) ?? false;
    },
  };
}

type Key = Pick<OwnedGame, 'application_id'>;

async function readBatch(
  client: TableClient,
  TableName: string,
  keys: readonly Key[],
  wait: (milliseconds: number) => Promise<unknown>,
): Promise<readonly OwnedGame[]> {
  const found: OwnedGame[] = [];
  let left = [...keys];
  for (let tries = 1; ; tries += 1) {
    const ProjectionExpression = 'application_id, studio_id, deleting_at';
    const request = { Keys: left, ConsistentRead: true, ProjectionExpression };
    const { Responses = {}, UnprocessedKeys = {} } = await client.call('BatchGetItem', {
      RequestItems: { [TableName]: request },
    });
    found.push(...((Responses[TableName] ?? []) as OwnedGame[]));
    left = (UnprocessedKeys[TableName]?.Keys ?? []) as Key[];
    if (left.length === 0) return found;
    if (tries === maxTries) throw new Error(`${left.length} games could not be read in ${maxTries} tries`);
    await wait(firstWaitMilliseconds * 2 ** (tries - 1));
  }
}
