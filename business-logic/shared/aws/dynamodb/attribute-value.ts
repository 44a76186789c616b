/** A value as DynamoDB's protocol writes it: one member, named after the type. */
export interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  /** Base64. */
  readonly B?: string;
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
  readonly M?: AttributeMap;
  readonly L?: readonly AttributeValue[];
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  readonly BS?: readonly string[];
}

export type AttributeMap = Readonly<Record<string, AttributeValue>>;

/** An item, a key or values of an expression, in JavaScript. */
export type Attributes = Readonly<Record<string, unknown>>;

/** Members that are undefined are left out, as in JSON. Throws for what no attribute holds: functions, dates, NaN … */
export function toAttributeMap(attributes: Attributes): AttributeMap {
  const present = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present.map(([name, value]) => [name, toAttributeValue(value)]));
}

/** Numbers become numbers; throws for one that JavaScript cannot hold exactly. */
export function fromAttributeMap(map: AttributeMap): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, fromAttributeValue(value)]));
}

function toAttributeValue(value: unknown): AttributeValue {
  switch (typeof value) {
    case 'string':
      return { S: value };
    case 'number':
      return { N: numberText(value) };
    case 'bigint':
      return { N: String(value) };
    case 'boolean':
      return { BOOL: value };
    case 'object':
      return value === null ? { NULL: true } : objectValue(value);
    default:
      throw new Error(`no attribute holds a ${typeof value}`);
  }
}

function objectValue(value: object): AttributeValue {
  if (value instanceof Uint8Array) return { B: base64(value) };
  if (value instanceof Set) return setValue(Array.from(value as ReadonlySet<unknown>));
  if (Array.isArray(value)) return { L: value.filter((member) => member !== undefined).map(toAttributeValue) };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new Error(`no attribute holds a ${value.constructor.name}; give its parts, or a text`);
  }
  return { M: toAttributeMap(value as Attributes) };
}

/** DynamoDB's sets have members of one type, and at least one. */
function setValue(members: readonly unknown[]): AttributeValue {
  if (members.length === 0) throw new Error('no attribute holds an empty set; leave it out');
  if (members.every((member) => typeof member === 'string')) return { SS: members };
  if (members.every((member) => typeof member === 'number')) return { NS: members.map(numberText) };
  if (members.every((member) => member instanceof Uint8Array)) return { BS: members.map(base64) };
  throw new Error('a set holds texts, numbers or bytes, and only one of them');
}

function numberText(value: number): string {
  const isExact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  if (!isExact) throw new Error(`${value} is not a number that is stored as it is; give a bigint or a text`);
  return String(value);
}

function fromAttributeValue(value: AttributeValue): unknown {
  const [type] = Object.keys(value) as (keyof AttributeValue)[];
  switch (type) {
    case 'S':
    case 'BOOL':
      return value[type];
    case 'NULL':
      return null;
    case 'N':
      return exactNumber(value.N!);
    case 'B':
      return bytes(value.B!);
    case 'M':
      return fromAttributeMap(value.M!);
    case 'L':
      return value.L!.map(fromAttributeValue);
    case 'SS':
      return new Set(value.SS);
    case 'NS':
      return new Set(value.NS!.map(exactNumber));
    case 'BS':
      return new Set(value.BS!.map(bytes));
    default:
      throw new Error(`DynamoDB answered with an attribute of the unknown type ${String(type)}`);
  }
}

function exactNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new Error('an attribute holds a number that JavaScript does not hold exactly');
  }
  return value;
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
