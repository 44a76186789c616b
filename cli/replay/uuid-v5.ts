import { createHash } from 'node:crypto';

/**
 * The namespace of ids that `npm run replay` gives to events that came without a valid one: a random UUID of our own, made
 * for this alone. The name is the UTF-8 text of the event as it was received, so that the same event gets the same id
 * however often it is replayed (RFC 9562, version 5). Changing it would make other events of those replayed again.
 */
export const replayNamespace = '5d1ec2f6-7d0e-4e0b-9c64-2b7f5f0a3c91';

/** A name-based UUID, version 5: SHA-1 of the namespace's bytes and the name. */
export function uuidV5(name: string, namespace: string = replayNamespace): string {
  const digest = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  digest[6] = (digest[6]! & 0x0f) | 0x50;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
