import { parse } from 'lossless-json';

/** A number of any size as sign, digits without zeros at either end, and power of ten: equal numbers, equal text. */
export function canonicalNumber(text: string): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!parts) throw new Error(`${text} is not a number of JSON`);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length);
  return `${sign}${significant}e${power}`;
}

/** Parses JSON with every number as `{ number: canonical text }`, so that two texts compare as what they mean. */
export function canonicalJson(text: string): unknown {
  return parse(text, undefined, (number) => ({ number: canonicalNumber(number) }));
}

/** As `canonicalJson`, with the document inside each base64 `Data` of a put record in place of its base64. */
export function canonicalRecord(text: string): unknown {
  const document = canonicalJson(text);
  if (!isObject(document)) return document;
  // Of Firehose's PutRecord, and of Kinesis'.
  if (isObject(document['Record'])) {
    return { ...document, Record: { ...document['Record'], Data: decoded(document['Record']['Data']) } };
  }
  return document['PartitionKey'] === undefined ? document : { ...document, Data: decoded(document['Data']) };
}

function decoded(data: unknown): unknown {
  if (typeof data !== 'string') throw new Error('a record without text in Data');
  const bytes = Buffer.from(data, 'base64');
  if (bytes.toString('base64') !== data) throw new Error('Data is not base64');
  if (bytes.length === 0) return '';
  return canonicalJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
