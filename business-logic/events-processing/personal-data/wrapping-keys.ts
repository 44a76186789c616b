import { randomUUID } from 'node:crypto';
import { wrappingKeyId } from '../../shared/personal-data-keys.ts';
import { inParallel } from '../../shared/in-parallel.ts';
import { RecentMap } from '../../shared/recent-map.ts';
import type { KeyService } from './key-service.ts';
import type { KeyTable } from './key-table.ts';

/** A key that wraps other keys. */
export interface WrappingKey {
  /** `kek#<uuid>` */
  readonly id: string;
  readonly key: Uint8Array;
}

/** Wrapping keys that an instance remembers; each saves a call of KMS. */
const maxRemembered = 1_000;
/** Calls of KMS under way at once. */
const requests = 10;

/**
 * The wrapping keys of one instance of a function: one new key each UTC day, so that a million players cost a handful of
 * KMS calls, and those of other instances as they are met.
 */
export class WrappingKeys {
  readonly #table: KeyTable;
  readonly #service: KeyService;
  readonly #opened = new RecentMap<string, Uint8Array>(maxRemembered);
  #current: { readonly day: string; readonly key: Promise<WrappingKey> } | undefined;

  constructor(table: KeyTable, service: KeyService) {
    this.#table = table;
    this.#service = service;
  }

  /** The key that wraps new keys on this UTC day (YYYY-MM-DD). */
  async current(day: string): Promise<WrappingKey> {
    const present = this.#current?.day === day ? this.#current : { day, key: this.#make() };
    this.#current = present;
    try {
      return await present.key;
    } catch (error) {
      if (this.#current === present) this.#current = undefined;
      throw error;
    }
  }

  /** The keys of these ids. Throws when one does not exist: what it wraps is lost, and nothing may go on as if it were not. */
  async open(ids: Iterable<string>): Promise<ReadonlyMap<string, Uint8Array>> {
    const wanted = new Set(ids);
    const keys = new Map<string, Uint8Array>();
    for (const id of wanted) {
      const key = this.#opened.get(id);
      if (key) keys.set(id, key);
    }
    const unknown = Array.from(wanted).filter((id) => !keys.has(id));
    if (unknown.length === 0) return keys;
    const items = await this.#table.read(unknown);
    await inParallel(unknown, requests, async (id) => {
      const wrapped = items.get(id)?.wrapped_key;
      if (!wrapped) throw new Error(`the wrapping key ${id} is not in the table of keys`);
      const key = await this.#service.openWrappingKey(id, wrapped);
      this.#opened.set(id, key);
      keys.set(id, key);
    });
    return keys;
  }

  /** Stored before it wraps anything: a key in the table can always be opened. */
  async #make(): Promise<WrappingKey> {
    const id = wrappingKeyId(randomUUID());
    const { key, wrapped } = await this.#service.makeWrappingKey(id);
    await this.#table.create([{ key_id: id, wrapped_key: wrapped, created_at: new Date().toISOString() }]);
    this.#opened.set(id, key);
    return { id, key };
  }
}
