import { DecryptCommand, type KMSClient } from '@aws-sdk/client-kms';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { keyTable } from '../../business-logic/events-processing/personal-data/key-table.ts';
import { documentTables } from '../../business-logic/shared/aws/dynamodb/document-tables.ts';
import { dayOfOriginal, openField, openOriginal, unseal } from '../../business-logic/shared/personal-data-cipher.ts';
import { dayKeyId, playerKeyId, wrappingContext } from '../../business-logic/shared/personal-data-keys.ts';

/** Opens what is encrypted of one player. */
export interface PlayerDecryption {
  /** Whether the player's key is there; without it, what was under it stays as it is. */
  readonly hasKey: boolean;
  /** A field's value in clear, and anything else as it is. */
  field(name: string, text: string): string;
  /** Pieces of an event as it was received, put together. */
  original(pieces: readonly string[]): Promise<string>;
}

export interface KeyPlace {
  readonly playerKeysTable: string;
  readonly kmsKeyId: string;
}

/** Asks for the player's key, in the caller's own name. */
export async function playerDecryption(
  tables: DynamoDBDocumentClient,
  kms: KMSClient,
  { playerKeysTable, kmsKeyId }: KeyPlace,
  playerId: string,
): Promise<PlayerDecryption> {
  const items = keyTable(documentTables(tables), playerKeysTable);

  /** Undefined where it is not there, or was erased. */
  async function readKey(id: string): Promise<Uint8Array | undefined> {
    const item = (await items.read([id])).get(id);
    if (!item?.wrapped_key || item.kek === undefined || item.erased_at !== undefined) return undefined;
    const wrapping = (await items.read([item.kek])).get(item.kek)?.wrapped_key;
    if (!wrapping) return undefined;
    const { Plaintext } = await kms.send(
      new DecryptCommand({
        KeyId: kmsKeyId,
        CiphertextBlob: wrapping,
        EncryptionContext: wrappingContext(item.kek),
      }),
    );
    return Plaintext && unseal(Plaintext, item.wrapped_key, id);
  }

  const key = await readKey(playerKeyId(playerId));
  const days = new Map<string, Promise<Uint8Array | undefined>>();

  async function openPiece(piece: string): Promise<string> {
    const day = dayOfOriginal(piece);
    if (day !== undefined) days.set(day, days.get(day) ?? readKey(dayKeyId(day)));
    const dayKey = day === undefined ? undefined : await days.get(day);
    if (day === undefined) return attempt(piece, () => key && openOriginal(key, playerId, piece));
    return attempt(piece, () => dayKey && openOriginal({ day, key: dayKey }, playerId, piece));
  }

  return {
    hasKey: key !== undefined,
    field: (name, text) => attempt(text, () => key && openField(key, playerId, name, text)),
    original: async (pieces) => (await Promise.all(pieces.map(openPiece))).join(''),
  };
}

/** What cannot be opened stays as it is stored. */
function attempt(text: string, open: () => string | undefined): string {
  if (!text.startsWith('enc:v1:')) return text;
  try {
    return open() ?? text;
  } catch {
    return text;
  }
}

/** The JSON text of an event's fields with those in clear that were encrypted; without such, as it stands. */
export function openFields(text: string, decryption: PlayerDecryption): string {
  if (!text.includes('"enc:v1:')) return text;
  return JSON.stringify(
    JSON.parse(text, (name, value: unknown) => (typeof value === 'string' ? decryption.field(name, value) : value)),
  );
}
