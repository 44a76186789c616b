/** Column names in words where the name alone says too little; all others are their own words. */
const words: Readonly<Record<string, string>> = {
  dau: 'DAU',
  wau: 'WAU',
  mau: 'MAU',
  arpu: 'ARPU',
  arpdau: 'ARPDAU',
  arppu: 'ARPPU',
  d1_rate: 'Day 1',
  d3_rate: 'Day 3',
  d7_rate: 'Day 7',
  d14_rate: 'Day 14',
  d30_rate: 'Day 30',
  application_id: 'Game',
  game_id: 'Game',
  event_date: 'Day (UTC)',
  arrival_date: 'Arrival (UTC)',
  cohort_date: 'First day (UTC)',
  change_date: 'Day (UTC)',
  currency_type: 'Currency',
};

/** A column's name for people, e.g. `new_players` as `New players` and `ltv_7` as `LTV 7`. */
export function wordsOf(column: string): string {
  const known = words[column];
  if (known !== undefined) return known;
  const [, horizon] = /^ltv_(\d+)$/.exec(column) ?? [];
  if (horizon !== undefined) return `LTV ${horizon}`;
  const spaced = column.replaceAll('_', ' ').trim();
  return spaced === '' ? column : `${spaced[0]!.toUpperCase()}${spaced.slice(1)}`;
}
