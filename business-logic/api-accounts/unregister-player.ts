import * as z from 'zod';
import { AccessDenied, NotFound } from '../shared/http/errors.ts';
import { parseBody } from '../shared/http/parse-body.ts';
import type { Action } from '../shared/http/route.ts';
import type { AccountsDeps } from './accounts-deps.ts';
import { packEvents } from './delivery/pack-events.ts';
import { accountEvent, distinctEvents } from './events/account-event.ts';
import { accountId, playerId } from './records/fields.ts';
import { momentOf } from './records/moment.ts';
import { requireRole } from './require-role.ts';

const unregistration = z.strictObject({ player_id: playerId, game_ids: z.array(accountId).min(1).max(100) });

/**
 * Ends a player's registrations for games of the token's own studio. The events bear the studio and the token that asked
 * for it: they are the audit. Whether the player was registered is not told, nor whether a game exists that is not the
 * studio's.
 */
export const unregisterPlayer: Action<AccountsDeps> = async (request, deps) => {
  const { apiKeyId, studioId } = requireRole(request, 'studio');
  if (studioId === undefined) throw new AccessDenied('this takes a token of a studio');
  const { player_id: playerOfGames, game_ids: gameIds } = parseBody(unregistration, request.body);
  const games = await deps.games.find(gameIds);
  if (!gameIds.every((id) => games.get(id)?.studio_id === studioId)) {
    throw new NotFound('not all of these games are games of this studio');
  }
  const now = deps.now();
  const intake = { now, idKey: await deps.idKey() };
  const events = gameIds.map((game_id) =>
    accountEvent(
      {
        type: 'game_unregistered',
        playerId: playerOfGames,
        effectiveAt: momentOf(now),
        data: { game_id, studio_id: studioId, requested_by: apiKeyId },
      },
      intake,
    ),
  );
  const stamps = {
    api_key_id: apiKeyId,
    role: 'server',
    request_id: request.requestId,
    received_at: now.getTime(),
  } as const;
  await deps.putRecords(packEvents(distinctEvents(events), stamps));
  return { status: 202, body: { Result: 'Accepted', RequestId: request.requestId } };
};
