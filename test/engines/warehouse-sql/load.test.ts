import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { columnsToAdd } from '../../../business-logic/shared/warehouse-statements.ts';
import type { EventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';
import { eventViews } from '../../../lib/schemas/event-views.ts';
import { warehouseSql } from '../../../lib/warehouse/warehouse-sql.ts';
import { aRawRow } from '../../support/a-raw-row.ts';
import type { PartitionedRow, RowInput } from '../../support/a-raw-row.ts';
import { postgresOnly } from '../../support/postgres-only.ts';
import { aTypedLake } from '../../queries/typed-lake.ts';
import { warehouseOnPglite } from './warehouse-on-pglite.ts';
import type { JsonRow, WarehouseOnPglite } from './warehouse-on-pglite.ts';

const catalogue = readEventCatalogue();
const sql = warehouseSql({ events: catalogue, queries: [] });
const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const jsonRow = ({ row }: PartitionedRow): JsonRow => ({ ...row });
const withoutId = (row: JsonRow): JsonRow => ({ ...row, event_id: null });
const rowsOf = (...events: readonly RowInput[]): JsonRow[] => events.map((event) => jsonRow(aRawRow(event)));
const file = (name: string): string => `raw_events/ingest_date=2026-03-10/${name}.parquet`;

describe('the load of the warehouse on PGlite', () => {
  let warehouse: WarehouseOnPglite;

  const count = async (query: string): Promise<number> => Number((await warehouse.rows(query))[0]?.[0]);
  const counts = async (): Promise<Record<string, number>> => ({
    events: await count('SELECT count(*) FROM events'),
    rejected: await count('SELECT count(*) FROM rejected_events'),
    repeated: await count('SELECT count(*) FROM repeated_events'),
    arrivals: await count('SELECT count(*) FROM raw_events'),
  });

  beforeAll(async () => {
    warehouse = await warehouseOnPglite(sql);
    await warehouse.setUp('2026-03-01');
  });
  beforeEach(() => warehouse.empty());
  afterAll(() => warehouse?.engine.close());

  it('is set up again without harm', async () => {
    await warehouse.load(file('a'), rowsOf({ event_id: id(1) }));
    await warehouse.setUp('2026-03-01');
    expect(await counts()).toEqual({ events: 1, rejected: 0, repeated: 0, arrivals: 1 });
    expect(await warehouse.rows('SELECT object_key, ingest_date FROM loaded_files')).toEqual([
      [file('a'), '2026-03-10'],
    ]);
  });

  it('refuses a file that is loaded, as a whole', async () => {
    await warehouse.load(file('a'), rowsOf({ event_id: id(1) }));
    await expect(warehouse.load(file('a'), rowsOf({ event_id: id(2) }))).rejects.toThrow(
      /loaded already: .*a\.parquet/,
    );
    expect(await counts()).toEqual({ events: 1, rejected: 0, repeated: 0, arrivals: 1 });
  });

  it('stores each event once, the copy that arrived first, and keeps count of the others', async () => {
    const first = { event_id: id(1), received_at: '2026-03-10 10:00:00', country: 'DE' };
    const later = { event_id: id(1), received_at: '2026-03-10 11:00:00', country: 'FR' };
    await warehouse.load(file('a'), rowsOf(later, first, { event_id: id(2) }));
    await warehouse.load(file('b'), rowsOf({ ...first, received_at: '2026-03-10 09:00:00' }, { event_id: id(3) }));
    expect(await counts()).toEqual({ events: 3, rejected: 0, repeated: 2, arrivals: 5 });
    expect(await warehouse.rows(`SELECT country FROM events WHERE event_id = '${id(1)}'`)).toEqual([['DE']]);
  });

  it('keeps the same id of two games apart', async () => {
    await warehouse.load(file('a'), rowsOf({ event_id: id(1) }, { event_id: id(1), application_id: 'game-b' }));
    expect(await counts()).toEqual({ events: 2, rejected: 0, repeated: 0, arrivals: 2 });
  });

  it('stores each rejected event once, those without an id by how they arrived', async () => {
    const nameless = (event: RowInput): JsonRow[] => rowsOf({ rejected: 'invalid_event_id', ...event }).map(withoutId);
    const rejected = { rejected: 'schema_mismatch', event_id: id(1) };
    await warehouse.load(file('a'), [
      ...rowsOf(rejected, { ...rejected, received_at: '2026-03-10 13:00:00' }),
      ...nameless({ request_id: 'r', position: 0 }),
      ...nameless({ request_id: 'r', position: 1 }),
      ...nameless({ application_id: null, request_id: null }),
    ]);
    await warehouse.load(file('b'), [...rowsOf(rejected), ...nameless({ request_id: 'r', position: 1 })]);
    expect(await counts()).toEqual({ events: 0, rejected: 4, repeated: 3, arrivals: 7 });
    expect(await count('SELECT count(*) FROM rejected_arrivals')).toBe(7);
    expect(await warehouse.rows(`SELECT reason, original FROM rejected_events WHERE event_id = '${id(1)}'`)).toEqual([
      ['schema_mismatch', '["{}"]'],
    ]);
  });

  it('loses no row, whatever it lacks', async () => {
    const odd = { event_id: id(1), application_id: null };
    await warehouse.load(file('a'), rowsOf(odd, { event_id: id(2) }));
    expect(await counts()).toEqual({ events: 1, rejected: 0, repeated: 1, arrivals: 2 });
  });

  it('loads no rows of a file without any', async () => {
    await warehouse.load(file('a'), []);
    expect(await counts()).toEqual({ events: 0, rejected: 0, repeated: 0, arrivals: 0 });
    expect(await warehouse.rows(sql.load.loadedFiles)).toEqual([[file('a')]]);
  });

  it('forgets files of before a day', async () => {
    await warehouse.load(file('a'), []);
    await warehouse.run(sql.load.forgetFiles, { BOUNDARY: '2026-03-10' });
    expect(await warehouse.rows(sql.load.loadedFiles)).toHaveLength(1);
    await warehouse.run(sql.load.forgetFiles, { BOUNDARY: '2026-03-11' });
    expect(await warehouse.rows(sql.load.loadedFiles)).toEqual([]);
  });

  describe('with a boundary', () => {
    const days = Array.from({ length: 10 }, (_, at) => `2026-03-${String(at + 5).padStart(2, '0')}`);
    const perDay = 'SELECT event_date, count(*) FROM events_all GROUP BY event_date ORDER BY event_date';
    const everyDay = days.map((day) => [day, '2']);

    beforeEach(async () => {
      const events = days.flatMap((day, at) => [
        { event_id: id(2 * at), event_at: `${day} 00:00:00` },
        { event_id: id(2 * at + 1), event_at: `${day} 23:59:59.999` },
      ]);
      await warehouse.load(file('a'), rowsOf(...events));
      const stored = events.map(({ event_id: eventId, event_at: eventAt }) => ({
        application_id: 'game-a',
        event_id: eventId,
        event_at: eventAt,
        event_date: eventAt.slice(0, 10),
      }));
      await warehouse.fillLake('events', stored);
      await warehouse.run(sql.purge.statements, { BOUNDARY: '2026-03-01' });
    });

    it.each(['2026-03-05', '2026-03-09', '2026-03-15'])(
      'shows each event once when it moves to %s',
      async (BOUNDARY) => {
        expect(await warehouse.rows(perDay)).toEqual(everyDay);
        await warehouse.run(sql.purge.statements, { BOUNDARY });
        expect(await warehouse.rows(perDay)).toEqual(everyDay);
        expect(await warehouse.rows(sql.purge.boundary)).toEqual([[BOUNDARY]]);
        expect(await count(`SELECT count(*) FROM events WHERE event_date < '${BOUNDARY}'`)).toBe(0);
        expect(await count('SELECT count(*) FROM events')).toBe(2 * days.filter((day) => day >= BOUNDARY).length);
      },
    );

    it('shows an event from before it as the lake has it, and not twice', async () => {
      await warehouse.run(sql.purge.statements, { BOUNDARY: '2026-03-09' });
      await warehouse.load(file('b'), rowsOf({ event_id: id(100), event_at: '2026-03-06 12:00:00' }));
      expect(await warehouse.rows(perDay)).toEqual(everyDay);
    });

    it('keeps the boundary when it is set up again', async () => {
      await warehouse.run(sql.purge.statements, { BOUNDARY: '2026-03-09' });
      await warehouse.setUp('2026-03-09');
      expect(await warehouse.rows(sql.purge.boundary)).toEqual([['2026-03-09']]);
      expect(await warehouse.rows(perDay)).toEqual(everyDay);
    });
  });

  it('shows rows by the view of their type, with its own columns', async () => {
    const data = { level_id: '7', level_version: '2' };
    await warehouse.load(file('a'), rowsOf({ event_type: 'level_started', event_data: data }, { event_type: 'login' }));
    expect(await warehouse.rows('SELECT level_id, level_version FROM event_level_started')).toEqual([['7', '2']]);
    expect(await count('SELECT count(*) FROM event_login')).toBe(1);
  });

  it('types every field as the events job does', async () => {
    const lake = await aTypedLake();
    try {
      const rows = oddEvents().map((event) => aRawRow(event));
      const columns = catalogue.columns.map(({ name }) => name);
      const list = ['event_id', ...columns].join(', ');
      await lake.fill(rows, `SELECT ${list} FROM events`);
      const expected = await lake.lake.query(`SELECT ${list} FROM events ORDER BY event_id`, { countsBytes: false });
      await warehouse.load(file('a'), rows.map(jsonRow));
      const answer = await warehouse.engine.query(`SELECT ${list} FROM events ORDER BY event_id`);
      const types = new Map(catalogue.columns.map(({ name, type }) => [name, type]));
      const plain = (value: string | null | undefined, at: number): string | null => {
        if (value === null || value === undefined) return null;
        const type = types.get(['event_id', ...columns][at] ?? '') ?? 'string';
        if (type === 'boolean') return value.startsWith('t') ? 'true' : 'false';
        return type === 'double' ? String(Number(value)) : value;
      };
      expect(answer.rows.map((row) => row.map(plain))).toEqual(expected.rows.map((row) => row.map(plain)));
      const filled = answer.rows.flat().filter((value) => value !== null).length;
      expect(filled).toBeGreaterThan(2 * columns.length);
    } finally {
      await lake.stop();
    }
  });
});

/** Values of every kind for every field, in one event each of the field's types; as JSON.stringify writes them. */
function oddEvents(): RowInput[] {
  const texts = ['', 'x', 'null', 'true', '{', '5d', ' 5', 'ünï "quoted" \\ back', '"a":""', '0x10', '1_000', 'NaN'];
  const numbers = [0, 1, -1, 5, 2.5, -0.125, 1e3, 1e21, 1e-7, 123_456_789.123_45, 9_007_199_254_740_991, 1e16, 1e300];
  const others = [true, false, null, { a: 1, b: { c: [1, 'x'] } }, [1, 2, 'y'], {}];
  const forType: Readonly<Record<string, readonly unknown[]>> = {
    string: [...texts, ...others],
    boolean: [...others, ...texts],
  };
  return catalogue.columns.flatMap(({ name, type, eventTypes }) =>
    (forType[type] ?? [...numbers, ...texts, ...others]).map((value) => ({
      event_type: eventTypes[0]!,
      event_data: { [name]: value },
    })),
  );
}

describe('a warehouse that is given columns later', () => {
  /** The catalogue as it was before the last column was declared. */
  const before: EventCatalogue = {
    ...catalogue,
    columns: catalogue.columns.slice(0, -1),
    views: eventViews(Object.keys(catalogue.schemas), catalogue.columns.slice(0, -1)),
  };
  const added = catalogue.columns.at(-1)!;

  it('adds them to the table and to the views, and fills them from then on', async () => {
    const old = warehouseSql({ events: before, queries: [] });
    const warehouse = await warehouseOnPglite(old);
    try {
      await warehouse.setUp('2026-03-01');
      const event = { event_type: added.eventTypes[0]!, event_data: { [added.name]: 'x' } };
      await warehouse.load(file('a'), rowsOf({ ...event, event_id: id(1) }));

      const now = await warehouseOnPglite(sql, warehouse.engine);
      const existing = await now.rows(sql.setup.existingColumns);
      const steps = columnsToAdd(
        sql.tables,
        existing.map(([table, column]) => ({ table: table ?? '', column: column ?? '' })),
      );
      expect(steps.map(({ name }) => name)).toEqual([`column ${added.name} of events`]);
      for (const { statements } of steps) await now.run(statements);
      await now.setUp('2026-03-01');
      await now.load(file('b'), rowsOf({ ...event, event_id: id(2) }));
      expect(await now.rows(`SELECT "${added.name}" FROM events_all ORDER BY event_id`)).toEqual([[null], ['x']]);
    } finally {
      await warehouse.engine.close();
    }
  });
});

describe('what is refused in Redshift', () => {
  it('is taken by PostgreSQL, or it would not have to be refused', async () => {
    const { engine } = await warehouseOnPglite(sql);
    try {
      await engine.query('CREATE TABLE t (a integer, b varchar(10))');
      await engine.query('CREATE TABLE documents (d jsonb)');
      for (const [statement] of postgresOnly) {
        const run = engine.session((session) => session.script(`BEGIN; ${statement}; ROLLBACK`));
        await expect(run).resolves.toBeUndefined();
      }
    } finally {
      await engine.close();
    }
  });
});
