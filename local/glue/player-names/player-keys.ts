import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { keyTable } from '../../../business-logic/events-processing/personal-data/key-table.ts';
import type { KeyItem } from '../../../business-logic/events-processing/personal-data/key-table.ts';
import { documentTables } from '../../../business-logic/shared/aws/dynamodb/document-tables.ts';
import { unseal } from '../../../business-logic/shared/personal-data-cipher.ts';
import { playerKeyId, wrappingContext } from '../../../business-logic/shared/personal-data-keys.ts';
import type { JobAws } from '../job-runner.ts';

/** A player's key, or why there is none: it was erased, or it is not there, or what wraps it does not open it. */
export type PlayerKey = Uint8Array | 'erased' | 'missing';

/** The keys of players, asked for by an SDK in the name of the job's role. */
export interface PlayerKeys {
  /** As they are now, by player. Throws where a wrapping key is not there: without it nothing can be told of anybody. */
  read(players: readonly string[]): Promise<ReadonlyMap<string, PlayerKey>>;
  close(): void;
}

export interface PlayerKeysOptions {
  /** Name of the table of keys. */
  readonly table: string;
  /** Id of the KMS key. */
  readonly kmsKeyId: string;
}

/** A run reads for minutes: a connection that was closed meanwhile, or a table that is throttled, should not end it. */
const maxAttempts = 8;

export function openPlayerKeys(aws: JobAws, { table, kmsKeyId }: PlayerKeysOptions): PlayerKeys {
  const dynamodb = new DynamoDBClient({ ...aws, maxAttempts });
  const items = keyTable(documentTables(DynamoDBDocumentClient.from(dynamodb)), table);
  const kms = new KMSClient({ ...aws, maxAttempts });
  const opened = new Map<string, Uint8Array>();

  async function open(ids: Iterable<string>): Promise<void> {
    const unknown = [...new Set(ids)].filter((id) => !opened.has(id));
    if (unknown.length === 0) return;
    const found = await items.read(unknown);
    for (const id of unknown) {
      const wrapped = found.get(id)?.wrapped_key;
      if (!wrapped) throw new Error(`the table of keys has no ${id}, by which keys of players are wrapped`);
      const { Plaintext } = await kms.send(
        new DecryptCommand({ KeyId: kmsKeyId, CiphertextBlob: wrapped, EncryptionContext: wrappingContext(id) }),
      );
      if (!Plaintext) throw new Error('KMS answered Decrypt without a key');
      opened.set(id, Plaintext);
    }
  }

  return {
    async read(players) {
      const found = await items.read(players.map(playerKeyId));
      await open([...found.values()].flatMap(({ kek }) => (kek === undefined ? [] : [kek])));
      return new Map(
        players.map((player) => [player, keyOf(playerKeyId(player), found.get(playerKeyId(player)), opened)]),
      );
    },
    close() {
      dynamodb.destroy();
      kms.destroy();
    },
  };
}

function keyOf(id: string, item: KeyItem | undefined, opened: ReadonlyMap<string, Uint8Array>): PlayerKey {
  if (item?.erased_at !== undefined) return 'erased';
  const kek = opened.get(item?.kek ?? '');
  if (!kek || !item?.wrapped_key) return 'missing';
  try {
    return unseal(kek, item.wrapped_key, id);
  } catch {
    return 'missing';
  }
}
