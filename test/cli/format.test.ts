import { describe, expect, it } from 'vitest';
import { formatChart } from '../../cli/format-chart.ts';
import { formatCsv } from '../../cli/format-csv.ts';
import { formatBytes, formatResult } from '../../cli/format-result.ts';
import { formatTable } from '../../cli/format-table.ts';

const result = (rows: string[][]) => ({ columns: ['n'], rows, scannedBytes: 0, milliseconds: 0 });

describe('formatTable', () => {
  it('sets numbers to the right, shows null as a dash and cuts long fractions', () => {
    const lines = formatTable(
      ['level', 'rate'],
      [
        ['one', '0.123456789'],
        ['twelve', undefined],
      ],
    ).split('\n');
    expect(lines[3]).toBe('│ one    │ 0.1235 │');
    expect(lines[4]).toBe('│ twelve │      – │');
  });

  it('keeps dates and ids to the left', () => {
    expect(formatTable(['day', 'n'], [['2026-11-20', '1000']])).toContain('│ 2026-11-20 │ 1000 │');
  });
});

describe('formatChart', () => {
  const rows = [
    { game: 'a', day: '1', dau: '10' },
    { game: 'a', day: '2', dau: '5' },
    { game: 'b', day: '1', dau: '2.5' },
    { game: 'b', day: '10', dau: undefined },
  ];

  it('draws bars of one scale, a group for each series', () => {
    const lines = formatChart({ kind: 'bar', x: 'day', y: 'dau', series: 'game' }, rows).split('\n');
    expect(lines).toEqual([
      'a',
      `  1 │${'█'.repeat(40)} 10`,
      `  2 │${'█'.repeat(20)} 5`,
      '',
      'b',
      `  1 │${'█'.repeat(10)} 2.5`,
    ]);
  });

  it('draws lines as blocks between their first and last x', () => {
    const text = formatChart({ kind: 'line', x: 'day', y: 'dau', series: 'game' }, rows);
    expect(text).toContain('  █▅  5 to 10 (1 to 2)');
  });

  it('says when there is nothing to draw, and draws zeros and negatives', () => {
    expect(formatChart({ kind: 'bar', x: 'day', y: 'nothing' }, rows)).toMatch(/nothing to draw/);
    const drawn = formatChart({ kind: 'bar', x: 'x', y: 'y' }, [
      { x: 'refunds', y: '-4' },
      { x: 'none', y: '0' },
    ]);
    expect(drawn).toBe(`  refunds │-${'█'.repeat(40)} -4\n     none │ 0`);
  });

  it('names how many bars it left out', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ x: String(index), y: '1' }));
    expect(formatChart({ kind: 'bar', x: 'x', y: 'y' }, many)).toMatch(/… and 9 more$/);
  });
});

describe('formatCsv', () => {
  it('quotes what must be, and tells null from empty', () => {
    expect(
      formatCsv(
        ['a', 'b'],
        [
          ['x,y', undefined],
          ['say "hi"', ''],
        ],
      ),
    ).toBe('a,b\r\n"x,y",\r\n"say ""hi""",""');
  });
});

describe('formatResult', () => {
  it('says so where there are no rows, and shows at most two hundred', () => {
    expect(formatResult(result([]))).toBe('(no rows)');
    expect(formatResult(result(Array.from({ length: 230 }, () => ['1'])))).toContain('… and 30 more rows');
  });

  it('draws bars beside the rows, and lines below them', () => {
    const rows = {
      columns: ['day', 'n'],
      rows: [
        ['1', '8'],
        ['2', '4'],
        ['3', undefined],
      ],
    };
    const bars = formatResult(rows, { kind: 'bar', x: 'day', y: 'n' }).split('\n');
    expect(bars.slice(3, 6)).toEqual([
      `│   1 │ 8 │ ${'█'.repeat(24)} │`,
      `│   2 │ 4 │ ${'█'.repeat(12)}${' '.repeat(12)} │`,
      `│   3 │ – │ ${' '.repeat(24)} │`,
    ]);
    expect(formatResult(rows, { kind: 'line', x: 'day', y: 'n' })).toMatch(/  █▅  4 to 8 \(1 to 2\)$/);
  });

  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1500, '1.5 KB'],
    [2_500_000, '2.5 MB'],
    [7.2e15, '7200.0 TB'],
  ])('writes %d bytes as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});
