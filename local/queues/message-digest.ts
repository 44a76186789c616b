import { createHash } from 'node:crypto';
import type { MessageAttribute } from './queue.ts';

/** MD5 of a message's body, as clients check it. */
export function bodyDigest(body: string): string {
  return createHash('md5').update(body).digest('hex');
}

const isString = 1;
const isBinary = 2;

/** MD5 of a message's attributes by the rule of SQS's developer guide: by name; each part with its length before it. */
export function attributesDigest(attributes: Readonly<Record<string, MessageAttribute>>): string {
  const hash = createHash('md5');
  const add = (part: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    hash.update(length).update(part);
  };
  for (const name of Object.keys(attributes).toSorted()) {
    const { DataType, StringValue, BinaryValue } = attributes[name]!;
    add(Buffer.from(name));
    add(Buffer.from(DataType));
    hash.update(Buffer.of(BinaryValue === undefined ? isString : isBinary));
    add(BinaryValue === undefined ? Buffer.from(StringValue ?? '') : Buffer.from(BinaryValue, 'base64'));
  }
  return hash.digest('hex');
}
