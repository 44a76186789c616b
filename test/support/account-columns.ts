import type { TypedColumn } from '../../lib/schemas/event-columns.ts';

const names = [
  'account_country', 'effective_at', 'game_category', 'game_id', 'game_name', 'player_name', 'studio_id',
  'studio_location', 'studio_name', 'user_id', 'user_id_digest',
]; // prettier-ignore

/** Typed columns that account events bring. */
export const accountColumns: readonly TypedColumn[] = names.map((name) => ({
  name,
  type: 'string',
  comment: '',
  eventTypes: ['account_created'],
}));
