import type { Moment } from '../records/moment.ts';
import { momentOf } from '../records/moment.ts';
import { opensAccount, type PlayerRecord } from '../records/player-record.ts';
import { accountEvent, type AccountEvent, type EventContent, type Intake } from './account-event.ts';

/**
 * The events that a player's record says. What has no time of its own happened at `occurred_at`, and where that is
 * absent at the moment of the request.
 */
export function playerEvents(record: PlayerRecord, intake: Intake): readonly AccountEvent[] {
  const occurredAt = record.occurred_at ?? momentOf(intake.now);
  const contents = [
    ...openings(record, occurredAt),
    ...registrations(record, occurredAt),
    ...endings(record, occurredAt),
  ];
  return contents.map((content) => accountEvent({ ...content, playerId: record.player_id }, intake));
}

/**
 * A record with a start and a later `occurred_at` is two events: the account began at the one, and what the record says
 * of the player holds from the other. So a corrected name counts though the start is sent again with it.
 */
function openings(record: PlayerRecord, occurredAt: Moment): EventContent[] {
  if (!opensAccount(record)) return [];
  const { user_id, player_name, country, account_start_at: startAt, occurred_at } = record;
  const isLater = startAt !== undefined && occurred_at !== undefined && occurred_at > startAt;
  const moments = isLater ? [startAt, occurred_at] : [startAt ?? occurredAt];
  const data = { user_id, player_name, account_country: country };
  return moments.map((effectiveAt) => ({ type: 'account_created', effectiveAt, data }));
}

function registrations({ games = [] }: PlayerRecord, occurredAt: Moment): EventContent[] {
  return games.flatMap(({ game_id, subscription_start_at: startAt, subscription_end_at: endAt }) => [
    { type: 'game_registered', effectiveAt: startAt ?? occurredAt, data: { game_id } },
    ...(endAt === undefined ? [] : [{ type: 'game_unregistered', effectiveAt: endAt, data: { game_id } }]),
  ]);
}

function endings({ unregister = [], close_account, account_end_at }: PlayerRecord, occurredAt: Moment): EventContent[] {
  return [
    ...unregister.map(({ game_id, subscription_end_at }) => ({
      type: 'game_unregistered',
      effectiveAt: subscription_end_at ?? occurredAt,
      data: { game_id },
    })),
    ...(close_account ? [{ type: 'account_closed', effectiveAt: account_end_at ?? occurredAt }] : []),
  ];
}
