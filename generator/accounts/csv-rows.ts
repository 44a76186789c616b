import type { AccountRecord } from './account-records.ts';
import { columnsOfOneGame, csvColumns } from './csv-columns.ts';

const playerColumns = csvColumns.player_id.filter((name) => !columnsOfOneGame.some((column) => column === name));
const studioColumns = csvColumns.studio_id;

/** Players' records as lines of CSV under a header; games are a JSON array in one cell. */
export function* playerRows(records: Iterable<AccountRecord>): Generator<string> {
  yield playerColumns.join(',');
  for (const record of records) yield playerColumns.map((column) => cell(record[column])).join(',');
}

/** Studios' records as lines of CSV under a header, one for each game. */
export function* studioRows(records: Iterable<AccountRecord>): Generator<string> {
  yield studioColumns.join(',');
  for (const { games = [], ...studio } of records) {
    const published = games as readonly Readonly<Record<'game_id' | 'name' | 'category', string>>[];
    if (published.length === 0) yield studioRow(studio);
    for (const { game_id, name, category } of published)
      yield studioRow({ ...studio, game_id, game_name: name, category });
  }
}

function studioRow(record: AccountRecord): string {
  return studioColumns.map((column) => cell(record[column])).join(',');
}

/** RFC 4180. */
function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
