import { sumOf } from '../lib/cost/bill.ts';
import type { BillLine } from '../lib/cost/bill-line.ts';
import type { BreakEven } from '../lib/cost/break-even.ts';
import { isFirehose, isOnTheWay, type PackingComparison } from '../lib/cost/compare-packing.ts';
import type { Load } from '../lib/cost/load.ts';

/** A load in words. */
export const describeLoad = (load: Load): string =>
  `${whole(load.eventsPerSecond)} events/s of ${whole(load.eventBytes)} bytes, ${whole(load.eventsPerRequest)} in a ` +
  `request, ${count(load.games, 'game')}, ${count(load.reportRuns, 'report run')} a month`;

/** The bill line by line, with what one record per event would cost beside it; one text a line. */
export function formatBill({ packed, single, firehoseRatio, wayRatio }: PackingComparison): readonly string[] {
  const rows = pairs(packed.lines, single.lines).map(([line, other]) => {
    const { service, what, unit, usd, per, tier = 1, verified } = (line ?? other)!;
    return [
      service,
      tier === 1 ? what : `${what}, tier ${tier}`,
      line ? quantity(line.quantity) : '–',
      unit,
      `${price(usd)}${per === 1 ? '' : ` / ${whole(per)}`}${verified ? '' : ' *'}`,
      line ? dollars(line.amount) : '–',
      other ? dollars(other.amount) : '–',
    ];
  });
  const total = ['total', '', '', '', '', dollars(packed.total), dollars(single.total)];
  const head = ['service', 'what', 'quantity', 'unit', 'dollars', 'amount', 'one record per event'];
  const perMillion = `${dollars(packed.perMillionEvents)} dollars per million events`;
  return [
    ...columns([head, ...rows, total]),
    '',
    `total ${dollars(packed.total)} dollars a month, ${perMillion}; with one record per event ${dollars(single.total)}`,
    `Firehose: ${times(firehoseRatio)} times less than with one record per event ${fromTo(isFirehose, packed.lines, single.lines)}`,
    `request to Parquet: ${times(wayRatio)} times less ${fromTo(isOnTheWay, packed.lines, single.lines)}; shared by both: ` +
      sharedLines(packed.lines),
    ...packed.warnings.map((warning) => `warning: ${warning}`),
    ...(packed.lines.some(({ verified }) => !verified) ? [unverifiedNote] : []),
  ];
}

const unverifiedNote = '* not verified for this region: config/prices.yaml says what was found';

/** What a break-even says, in a sentence. */
export function describeBreakEven({ modes, by, range, cheaper, at, totals }: BreakEven): string {
  const [first, second] = modes;
  const other = cheaper === first ? second : first;
  const here = `here ${dollars(totals[0])} and ${dollars(totals[1])} dollars a month`;
  const name = variedBy[by] ?? by;
  const where =
    at === undefined
      ? `${cheaper} is cheaper from ${whole(range.from)} to ${whole(range.to)} ${name}`
      : `${cheaper} is cheaper up to ${rounded(at)} ${name}, ${other} above`;
  return `${first} or ${second}: ${where}; ${here}`;
}

const variedBy: Partial<Record<keyof Load, string>> = {
  eventsPerSecond: 'events/s',
  reportRuns: 'report runs a month',
};

type Pair = readonly [BillLine | undefined, BillLine | undefined];

/** Lines that are for the same, side by side; one that the other bill lacks stands behind those before it. */
function pairs(lines: readonly BillLine[], others: readonly BillLine[]): readonly Pair[] {
  const left = new Map(lines.map((line) => [keyOf(line), line]));
  const right = new Map(others.map((line) => [keyOf(line), line]));
  const longer = left.size >= right.size ? lines : others;
  const keys = new Set([...longer, ...lines, ...others].map(keyOf));
  return [...keys].map((key) => [left.get(key), right.get(key)]);
}

const keyOf = ({ service, what, tier = 0 }: BillLine): string => `${service}|${what}|${tier}`;

function sharedLines(lines: readonly BillLine[]): string {
  const shared = lines.filter((line) => isOnTheWay(line) && !isFirehose(line) && line.service !== 'Kinesis');
  const services = [...new Set(shared.map(({ service }) => service))];
  return services
    .map((service) => `${service} ${dollars(sumOf(shared.filter((line) => line.service === service)))}`)
    .join(', ');
}

function fromTo(
  isMeant: (line: BillLine) => boolean,
  packed: readonly BillLine[],
  single: readonly BillLine[],
): string {
  return `(${dollars(sumOf(packed.filter(isMeant)))} instead of ${dollars(sumOf(single.filter(isMeant)))})`;
}

/** Words to the left, numbers to the right, two blanks between. */
function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  return rows.map((row) =>
    row
      .map((cell, at) => (wordColumns.has(at) ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join('  ')
      .trimEnd(),
  );
}

const wordColumns = new Set([0, 1, 3]);

/** Six significant digits, as many as a price needs. */
const quantity = (value: number): string =>
  value >= 100_000 ? whole(value) : value.toLocaleString('en', { maximumSignificantDigits: 6 });

const whole = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: value < 1 ? 6 : 0 });

const rounded = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 });

const price = (usd: number): string =>
  usd.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 10 });

const times = (ratio: number): string => ratio.toFixed(2);

/** Dollars and cents. */
export const dollars = (amount: number): string =>
  amount.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

const count = (value: number, noun: string): string => `${whole(value)} ${noun}${value === 1 ? '' : 's'}`;
