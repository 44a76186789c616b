import { InvalidJson, isObject, member, parseExactJson, type JsonNode } from '../../../local/gateway/exact-json.ts';
import { canary } from './build-record.ts';
import type { StoredRow } from './check-rows.ts';

/** Numbers that a double may not hold as they are written. */
const risky = /\d[\d.]{15}|\d[eE]/;

/**
 * Whether every number of an accepted event's data has the value that was sent, compared digit by digit, by the gateway's
 * own parser: the transform has another.
 */
export function numbersProblem(row: StoredRow, text: string, at: number, isPacked: boolean): string | undefined {
  const { event_data: stored, original, status } = row;
  if (typeof stored !== 'string' || status !== 'accepted' || original !== undefined) return undefined;
  // What is personal is stored as another text, and account events are personal whatever they hold.
  const isPersonal = text.includes(canary) || row['application_id'] === '_accounts';
  if (!risky.test(text) || isPersonal || text.length > 5_000) return undefined;
  try {
    const root = parseExactJson(text);
    const events = isPacked ? of(root, 'events') : [root];
    const sent = of(Array.isArray(events) ? events[at] : undefined, 'event_data');
    return sent !== undefined && isEqual(sent, parseExactJson(stored))
      ? undefined
      : 'a number of event_data is another one';
  } catch (error) {
    // Nested deeper than this parser goes.
    if (error instanceof InvalidJson) return undefined;
    throw error;
  }
}

const of = (node: JsonNode | undefined, name: string): JsonNode | undefined =>
  node !== undefined && isObject(node) ? member(node, name) : undefined;

function isEqual(left: JsonNode | undefined, right: JsonNode | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  if (typeof left === 'string' || typeof right === 'string') return left === right || isEqualScalar(left, right);
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, at) => isEqual(item, right[at]));
  }
  // Numbers are what this is about: names and their order are compared elsewhere.
  return (
    left.values.length === right.values.length &&
    left.keys.every((key) => isEqual(of(left, name(key)), of(right, name(key))))
  );
}

const name = (token: string): string => JSON.parse(token) as string;

function isEqualScalar(left: JsonNode, right: JsonNode): boolean {
  if (typeof left !== 'string' || typeof right !== 'string') return false;
  const areNumbers = /^[-\d]/.test(left) && /^[-\d]/.test(right);
  return areNumbers ? decimal(left) === decimal(right) : JSON.parse(left) === JSON.parse(right);
}

/** A decimal as its significant digits and the power of ten behind them; zero has no sign here. */
function decimal(token: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return '0';
  const trimmed = digits.replace(/0+$/, '');
  return `${sign}${trimmed}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - trimmed.length)}`;
}
