import { Conflict, InvalidRequest } from '../shared/http/errors.ts';
import type { Action } from '../shared/http/route.ts';
import type { AccountsDeps } from './accounts-deps.ts';
import { storeEvents } from './delivery/store-events.ts';
import { studioEvents } from './events/studio-events.ts';
import { readRecords } from './records/read-records.ts';
import type { StudioRecord } from './records/studio-record.ts';
import { requireRole } from './require-role.ts';
import type { GameStore, OwnedGame } from './store/game-store.ts';

/** Takes records of studios and of the games that they publish: from then on those games are theirs. */
export const ingestStudios: Action<AccountsDeps> = async (request, deps) => {
  const caller = requireRole(request, 'publisher');
  const now = deps.now();
  const records = readRecords(deps.schemas.studio, request.body);
  const idKey = await deps.idKey();
  await publishGames(publicationsOf(records), deps.games, now);
  const events = records.flatMap((record) => studioEvents(record, { now, idKey }));
  return await storeEvents({ events, records: records.length, caller, now, requestId: request.requestId }, deps);
};

interface Publication {
  readonly game_id: string;
  readonly name: string;
  readonly studioId: string;
}

/** Each game once; in one request it has one studio. */
function publicationsOf(records: readonly StudioRecord[]): ReadonlyMap<string, Publication> {
  const publications = new Map<string, Publication>();
  for (const [index, { studio_id: studioId, games = [] }] of records.entries()) {
    for (const { game_id, name } of games) {
      const other = publications.get(game_id);
      if (other && other.studioId !== studioId) {
        throw new InvalidRequest(
          `record ${index}, games: another record of the list has ${game_id} for another studio`,
        );
      }
      publications.set(game_id, { game_id, name, studioId });
    }
  }
  return publications;
}

/** Looks at all first, so that a conflict leaves every row as it is; the writes' conditions hold against races. */
async function publishGames(
  publications: ReadonlyMap<string, Publication>,
  games: GameStore,
  now: Date,
): Promise<void> {
  const known = await games.find(publications.keys());
  const taken = [...publications.values()].filter((one) => isTaken(known.get(one.game_id), one.studioId));
  if (taken.length > 0) throw alreadyTaken(taken);
  for (const publication of publications.values()) {
    if (known.get(publication.game_id)?.studio_id === publication.studioId) continue;
    const isPublished = await games.publish(publication, publication.studioId, now.toISOString());
    if (!isPublished) throw alreadyTaken([publication]);
  }
}

function isTaken(game: OwnedGame | undefined, studioId: string): boolean {
  if (game === undefined) return false;
  return game.deleting_at !== undefined || (game.studio_id !== undefined && game.studio_id !== studioId);
}

function alreadyTaken(taken: readonly Publication[]): Conflict {
  const ids = taken.slice(0, 20).map(({ game_id }) => game_id);
  return new Conflict(
    `of another studio, or being deleted: ${ids.join(', ')}${taken.length > ids.length ? ' and more' : ''}`,
  );
}
