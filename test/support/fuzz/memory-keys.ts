import { randomBytes } from 'node:crypto';
import type { KeyService } from '../../../business-logic/events-processing/personal-data/key-service.ts';
import type { KeyItem, KeyTable } from '../../../business-logic/events-processing/personal-data/key-table.ts';

/** The table of players' keys, in memory. */
export function memoryKeyTable(): KeyTable {
  const items = new Map<string, KeyItem>();
  return {
    async read(ids) {
      return new Map(Array.from(ids).flatMap((id) => (items.has(id) ? [[id, items.get(id)!] as const] : [])));
    },
    async create(added) {
      const others = added.filter(({ key_id: id }) => items.has(id)).map(({ key_id: id }) => id);
      for (const item of added) if (!items.has(item.key_id)) items.set(item.key_id, item);
      return others;
    },
    async erase(ids, erasedAt) {
      for (const id of ids) if (!items.get(id)?.erased_at) items.set(id, { key_id: id, erased_at: erasedAt });
    },
  };
}

/** KMS and Secrets Manager in memory: what is wrapped is kept as it is. */
export function memoryKeyService(): KeyService {
  return {
    async makeWrappingKey() {
      const key = randomBytes(32);
      return { key, wrapped: key };
    },
    openWrappingKey: async (_kek, wrapped) => wrapped,
    digestSecret: async () => 'a secret that keys digests',
  };
}
