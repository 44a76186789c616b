import type { ForgottenPlayers } from '../../../business-logic/shared/forgotten-players.ts';
import { literal } from '../process-events/sql.ts';

/**
 * A condition of DuckDB's that holds for what forgotten players sent, and is never null.
 * @param player expression of the player's id
 * @param application expression of the application's id
 */
export function forgottenSql(
  { salt, players }: ForgottenPlayers,
  player = 'player_id',
  application = 'application_id',
): string {
  const digest = `sha256(${literal(salt)} || ${player})`;
  const everywhere = players.filter((one) => one.application_id === null).map((one) => literal(one.player));
  const inGames = players.flatMap(({ player: hash, application_id: game }) =>
    game === null ? [] : [`(${literal(hash)}, ${literal(game)})`],
  );
  const conditions = [
    ...(everywhere.length > 0 ? [`${digest} IN (${everywhere.join(', ')})`] : []),
    ...(inGames.length > 0 ? [`(${digest}, ${application}) IN (${inGames.join(', ')})`] : []),
  ];
  return conditions.length === 0 ? 'false' : `coalesce(${conditions.join(' OR ')}, false)`;
}
