import type { Action } from '../shared/http/route.ts';
import type { AccountsDeps } from './accounts-deps.ts';
import { storeEvents } from './delivery/store-events.ts';
import { playerEvents } from './events/player-events.ts';
import { readRecords } from './records/read-records.ts';
import { requireRole } from './require-role.ts';

/** Takes records of players: opens and closes accounts, registers players for games and unregisters them. */
export const ingestPlayers: Action<AccountsDeps> = async (request, deps) => {
  const caller = requireRole(request, 'publisher');
  const now = deps.now();
  const records = readRecords(deps.schemas.player, request.body);
  const idKey = await deps.idKey();
  const events = records.flatMap((record) => playerEvents(record, { now, idKey }));
  const registered = records.flatMap(({ games = [] }) => games.map(({ game_id }) => game_id));
  // First: a game must not look unused while its registrations are under way.
  await deps.noteRegistrations(registered, now);
  return await storeEvents({ events, records: records.length, caller, now, requestId: request.requestId }, deps);
};
