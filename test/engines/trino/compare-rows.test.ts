import { describe, expect, it } from 'vitest';
import type { AthenaTable } from './athena-table.ts';
import { compareRows } from './compare-rows.ts';
import type { TrinoRows } from './trino-client.ts';

const athena = (type: string, ...cells: (string | null)[]): AthenaTable => ({
  columns: [{ name: 'a', type }],
  rows: cells.map((cell) => [cell]),
});
const trino = (type: string, ...cells: unknown[]): TrinoRows => ({
  columns: [{ name: 'a', type }],
  rows: cells.map((cell) => [cell]),
});

describe('compareRows', () => {
  it.each([
    ['whole numbers', athena('bigint', '7'), trino('bigint', 7)],
    ['doubles that differ by rounding', athena('double', '0.30000000000000004'), trino('double', 0.3)],
    ['decimals', athena('decimal', '1.5000'), trino('decimal(18,4)', '1.5000')],
    ['times', athena('timestamp', '2026-01-02 03:04:05.678'), trino('timestamp(3)', '2026-01-02 03:04:05.678')],
    ['arrays', athena('array', '[a, b]'), trino('array(varchar)', ['a', 'b'])],
    ['nothing', athena('varchar', null), trino('varchar', null)],
  ])('takes %s for the same', (_what, here, there) => expect(compareRows(here, there)).toEqual([]));

  it.each([
    ['a row too many', athena('bigint', '1', '2'), trino('bigint', 1)],
    ['another order', athena('bigint', '2', '1'), trino('bigint', 1, 2)],
    ['another type', athena('varchar', '1'), trino('bigint', 1)],
    ['another scale', athena('decimal', '1.5'), trino('decimal(18,4)', '1.5000')],
    ['null and no text', athena('varchar', ''), trino('varchar', null)],
    ['doubles further apart', athena('double', '0.3001'), trino('double', 0.3)],
  ])('tells %s', (_what, here, there) => expect(compareRows(here, there)).not.toEqual([]));
});
