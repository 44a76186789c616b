import { momentOf } from '../records/moment.ts';
import type { StudioRecord } from '../records/studio-record.ts';
import { accountEvent, type AccountEvent, type Intake } from './account-event.ts';

/** The events that a studio's record says: the studio itself where it is named, and each of its games. */
export function studioEvents(record: StudioRecord, intake: Intake): readonly AccountEvent[] {
  const { studio_id, name, location, games = [], occurred_at } = record;
  const effectiveAt = occurred_at ?? momentOf(intake.now);
  const studio = { studio_id, studio_name: name, studio_location: location };
  return [
    ...(name === undefined ? [] : [accountEvent({ type: 'studio_registered', effectiveAt, data: studio }, intake)]),
    ...games.map(({ game_id, name: game_name, category: game_category }) =>
      accountEvent(
        { type: 'game_published', effectiveAt, data: { game_id, game_name, game_category, studio_id } },
        intake,
      ),
    ),
  ];
}
