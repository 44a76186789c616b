import { csvColumns } from '../../generator/accounts/csv-columns.ts';
import { UsageError } from '../run-cli.ts';
import type { SourceRecord } from './source-record.ts';

/** Makes the record of a row, of cells in the header's order. */
export type ToRecord = (cells: readonly string[]) => Pick<SourceRecord, 'value' | 'problem'>;

type Cells = Readonly<Record<string, string>>;

/**
 * How rows under this header become records. A file has the id and whichever of the other columns it needs, in any order.
 * @throws UsageError naming each column that cannot be
 */
export function readHeader(header: readonly string[]): ToRecord {
  const names = header.map((name) => name.trim());
  const key = (['player_id', 'studio_id'] as const).find((id) => names.includes(id));
  if (key === undefined) throw new UsageError('line 1: no column is player_id or studio_id, which every row must have');
  const problems = [...headerProblems(names, csvColumns[key])];
  if (problems.length > 0) throw new UsageError(`line 1: ${problems.join('; ')}`);
  const endsByDate = !names.includes('close_account');
  return (cells) => {
    if (cells.length !== names.length) {
      return { value: cells, problem: `has ${cells.length} fields, the header ${names.length}` };
    }
    // An empty cell says nothing.
    const named = names.map((name, at) => [name, cells[at] ?? ''] as const).filter(([, cell]) => cell !== '');
    const row = Object.fromEntries(named) as Cells;
    return { value: key === 'player_id' ? playerRecord(row, endsByDate) : studioRecord(row) };
  };
}

function* headerProblems(names: readonly string[], allowed: readonly string[]): Generator<string> {
  const unknown = names.filter((name) => !allowed.includes(name));
  if (unknown.length > 0) {
    yield `no column is called ${unknown.map((name) => JSON.stringify(name)).join(', ')}; allowed are ${allowed.join(', ')}`;
  }
  const repeated = names.filter((name, at) => names.indexOf(name) !== at);
  if (repeated.length > 0) yield `${repeated.join(', ')} stands there twice`;
  if (names.includes('games') && names.includes('game_id')) yield 'games and game_id do not go together';
  const perGame = names.find((name) => /^subscription_|^game_name$|^category$/.test(name));
  if (perGame !== undefined && !names.includes('game_id')) yield `${perGame} needs game_id`;
}

/** @param endsByDate an end closes the account: the file has no column of its own for that */
function playerRecord(row: Cells, endsByDate: boolean): unknown {
  const { games, unregister, game_id, subscription_start_at, subscription_end_at, close_account, ...plain } = row;
  const closes = close_account ?? (endsByDate && row['account_end_at'] !== undefined ? 'true' : undefined);
  return {
    ...plain,
    ...(games !== undefined && { games: readList(games) }),
    ...gameOf({ game_id, subscription_start_at, subscription_end_at }),
    ...(unregister !== undefined && { unregister: readList(unregister) }),
    ...(closes !== undefined && { close_account: readBoolean(closes) }),
  };
}

function studioRecord({ game_id, game_name, category, ...plain }: Cells): unknown {
  return { ...plain, ...gameOf({ game_id, name: game_name, category }) };
}

/** A row may name one game, with what it says of it. */
function gameOf(game: Readonly<Record<string, string | undefined>>): object | undefined {
  const said = Object.fromEntries(Object.entries(game).filter(([, cell]) => cell !== undefined));
  return Object.keys(said).length === 0 ? undefined : { games: [said] };
}

/** Ids with semicolons between them, or a JSON array. What is neither is left for the record's check to refuse. */
function readList(cell: string): unknown {
  if (!cell.trimStart().startsWith('[')) return cell.split(';').map((id) => id.trim());
  try {
    return JSON.parse(cell) as unknown;
  } catch {
    return cell;
  }
}

const readBoolean = (cell: string): unknown => ({ true: true, false: false })[cell.trim().toLowerCase()] ?? cell;
