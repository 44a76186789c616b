import { randomUUID } from 'node:crypto';
import { replaceNumbers } from './json-source.ts';

/** A number of 16 digits and more, or with an exponent, where a value may stand. Also met inside strings; that costs time only. */
const riskyNumber = /[:[,]\s*-?(?:[\d.]{16}|\d[\d.]*[eE])/;

/**
 * A text without it holds no number that parsing changes: one of 15 digits and a two-digit exponent is exact. It is
 * looked for several characters at a time, for which the sixteen are written out: a count would hide them.
 */
const longNumber = new RegExp(`[eE][-+]?\\d\\d\\d\\d*\\s*(?:[,\\]}]|$)|${'[\\d.]'.repeat(16)}`);

/** Marks a number kept as text between parsing and writing; random, so that no sender can write one. */
const mark = randomUUID();
const marked = new RegExp(`"${mark}([-+.0-9eE]+)"`, 'g');

/** Whether the text may hold a number whose value `JSON.parse` would change: cheap, and never wrongly false. */
export function mayChangeNumbers(text: string): boolean {
  return riskyNumber.test(text);
}

/** The same of a whole record: cheaper still, and never wrongly false either. */
export function mayChangeNumbersOfMany(text: string): boolean {
  return longNumber.test(text) && riskyNumber.test(text);
}

/**
 * JSON text as `JSON.stringify(JSON.parse(source))` writes it (no white space, of equal keys the last), except that a
 * number keeps its digits where parsing would change its value: 20-digit ids, long decimals, exponents out of range.
 */
export function exactJson(source: string): string {
  return JSON.stringify(JSON.parse(protectNumbers(source))).replace(marked, '$1');
}

/**
 * JSON text as it is after a change of its value. What `JSON.parse` cannot hold of a number is kept: such a number is a
 * marked text in the value that `change` is given, and a number again where that text still stands.
 */
export async function changeExactly(source: string, change: (value: unknown) => Promise<unknown>): Promise<string> {
  const changed = await change(JSON.parse(protectNumbers(source)));
  return (JSON.stringify(changed) ?? 'null').replace(marked, '$1');
}

/** Numbers that would lose digits as marked texts. */
function protectNumbers(source: string): string {
  return replaceNumbers(source, (token) => (survives(token) ? token : `"${mark}${token}"`));
}

/** Whether a JSON number has the same value after `JSON.parse` and `JSON.stringify`. */
function survives(token: string): boolean {
  const value = Number(token);
  return Number.isFinite(value) && normalForm(token) === normalForm(String(value));
}

/** A decimal as `<sign><digits>e<exponent>` without leading and trailing zeros; equal for equal values. */
function normalForm(decimal: string): string {
  const [mantissa = '', exponent = '0'] = decimal.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const scale = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${mantissa.startsWith('-') ? '-' : ''}${significant}e${scale}`;
}
