import type { EventSchemas, FieldSchema } from '../../../lib/schemas/event-schema.ts';
import type { Random } from '../../../generator/random.ts';
import { nastyKeys, nastyNumbers, nastyStrings } from './nasty-values.ts';

/** The games that are registered where records are fuzzed; every other id is not. */
export const registeredGames = ['game-a', 'game-b'] as const;

/** Stands in every personal value, so that it can be searched for in what is stored. */
export const canary = 'canary-of-a-person';

/** When the records arrive, in milliseconds since the epoch. */
export const arrivedAt = 1_790_000_002_000;

const hex = '0123456789abcdef';
const undeclaredTypes = ['dragon', 'a', 'a.b-c_D', 'toString', '__proto__', 'constructor', `t${'x'.repeat(127)}`];
const envelopeStrings = ['event_name', 'event_version', 'app_version', 'player_id', 'session_id'] as const;

/** Makes JSON text of records that are nearly what the gateway and game servers write; each flaw is rare by itself. */
export class RecordBuilder {
  readonly #types: readonly (readonly [string, readonly (readonly [string, FieldSchema])[]])[];

  constructor(schemas: EventSchemas) {
    this.#types = Object.entries(schemas).map(([name, versions]) => [
      name,
      Object.entries(versions[0]?.properties ?? {}),
    ]);
  }

  /** A packed request, single events, or replayed requests. */
  record(random: Random): string {
    const form = random.next();
    if (form < 0.78) return this.#packed(random) + (random.chance(0.01) ? this.#packed(random) : '');
    if (form < 0.8) return Array.from({ length: random.integer(1, 3) }, () => this.#packed(random, true)).join('\n');
    const separator = random.pick(['', '\n', ' ', '\r\n\t', ',', '\u00a0']);
    return Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => this.#single(random)).join(separator);
  }

  /** A body for the route of events. */
  body(random: Random): string {
    const events = Array.from({ length: random.integer(0, 3) }, () => this.#event(random, random.chance(0.02)));
    const members = [`"events":[${events.join(',')}]`];
    if (random.chance(0.05)) members.unshift(`"${random.pick(nastyKeys)}":${this.value(random)}`);
    if (random.chance(0.05)) members.push(`"${random.pick(nastyKeys)}":${this.value(random)}`);
    return `{${members.join(',')}}`;
  }

  /** JSON text of any value. */
  value(random: Random, depth = 3): string {
    const kind = random.next();
    if (kind < 0.25) return random.pick(nastyNumbers);
    if (kind < 0.6) return random.pick(nastyStrings);
    if (kind < 0.7) return random.pick(['true', 'false', 'null', '{}', '[]']);
    if (depth === 0) return '1';
    const members = random.integer(0, 3);
    if (kind < 0.82) return `[${Array.from({ length: members }, () => this.value(random, depth - 1)).join(',')}]`;
    return `{${Array.from({ length: members }, () => `"${random.pick(nastyKeys)}":${this.value(random, depth - 1)}`).join(',')}}`;
  }

  #packed(random: Random, isReplayed = false): string {
    const count = random.chance(0.01) ? random.integer(0, 20) : random.chance(0.1) ? 2 : 1;
    const isAccounts = random.chance(0.03);
    const members = [
      `"application_id":${this.#mostly(random, isAccounts ? '"_accounts"' : `"${random.pick(registeredGames)}"`)}`,
      `"api_key_id":${this.#mostly(random, '"KEYIDKEYIDKEYIDKEYID"')}`,
      `"role":${this.#mostly(random, isAccounts ? random.pick(['"publisher"', '"server"', '"studio"']) : '"game"')}`,
      `"request_id":${this.#mostly(random, `"${this.#uuid(random)}"`)}`,
      `"received_at":${this.#mostly(random, String(arrivedAt - random.integer(0, 5_000)))}`,
    ];
    if (random.chance(0.5)) members.push(`"country":${this.#mostly(random, '"DE"')}`);
    if (isReplayed || random.chance(0.005))
      members.push(`"replay":${this.#mostly(random, this.#replay(random, count))}`);
    if (random.chance(0.02)) members.push(`"${random.pick(nastyKeys)}":${this.value(random)}`);
    const events = Array.from({ length: count }, () => this.#event(random, isAccounts)).join(
      random.pick([',', ' , ', ',\n']),
    );
    members.push(`"events":${random.chance(0.01) ? this.value(random) : `[${events}]`}`);
    if (random.chance(0.01)) members.push(`"events":[${this.#event(random, isAccounts)}]`);
    return `{${members.join(',')}}${random.pick(['\n', '\n', '', ' \r\n'])}`;
  }

  #replay(random: Random, count: number): string {
    const event = (at: number) =>
      `{"position":${this.#mostly(random, String(at))},"key":${this.#mostly(random, '"a key"')},"of":${this.#mostly(random, '"game-a/r/0/x"')}}`;
    const events = Array.from({ length: count }, (_, at) => event(at)).join(',');
    return `{"run":"${this.#uuid(random)}","source":"rejected","at":${this.#mostly(random, String(arrivedAt))},"events":[${events}]}`;
  }

  #single(random: Random): string {
    const event = this.#event(random, random.chance(0.05));
    if (!event.endsWith('}') || random.chance(0.05)) return event;
    const members = [`"application_id":${this.#mostly(random, `"${random.pick(registeredGames)}"`)}`];
    if (random.chance(0.3)) members.push(`"country":${this.#mostly(random, '"DE"')}`);
    return `${event.slice(0, -1)}${event === '{}' ? '' : ','}${members.join(',')}}`;
  }

  #event(random: Random, isAccounts: boolean): string {
    if (random.chance(0.01)) return this.value(random);
    const [type, fields] = random.pick(this.#types);
    const isDeclared = isAccounts || random.chance(0.7);
    const members = [
      `"event_id":${this.#mostly(random, `"${random.chance(0.1) ? this.#uuid(random).toUpperCase() : this.#uuid(random)}"`)}`,
      `"event_type":${this.#mostly(random, `"${isDeclared ? type : random.pick(undeclaredTypes)}"`)}`,
      `"event_timestamp":${this.#mostly(random, String(arrivedAt / 1_000 - random.integer(0, 100_000) / 8))}`,
    ];
    for (const name of envelopeStrings) {
      if (random.chance(name === 'player_id' ? 0.8 : 0.25))
        members.push(`"${name}":${this.#mostly(random, this.#id(random, name))}`);
    }
    if (random.chance(0.9))
      members.push(`"event_data":${this.#mostly(random, this.#data(random, isDeclared ? fields : []))}`);
    if (random.chance(0.02)) members.push(`"${random.pick(nastyKeys)}":${this.value(random)}`);
    if (random.chance(0.01)) members.push(random.pick(members));
    if (random.chance(0.005)) members.shift();
    return `{${members.join(random.chance(0.05) ? ' ,\n\t' : ',')}}`;
  }

  #id(random: Random, name: string): string {
    return name === 'event_version' ? '"1.0.0"' : `"${name}-${random.integer(0, 99)}"`;
  }

  #data(random: Random, fields: readonly (readonly [string, FieldSchema])[]): string {
    const members = fields
      .filter(() => random.chance(0.9))
      .map(
        ([name, field]) => `"${name}":${random.chance(0.04) ? this.value(random) : this.#field(random, name, field)}`,
      );
    if (members.length === 0 || random.chance(0.03)) members.push(`"${random.pick(nastyKeys)}":${this.value(random)}`);
    if (random.chance(0.01)) members.push(random.pick(members));
    return `{${members.join(',')}}`;
  }

  #field(random: Random, name: string, field: FieldSchema): string {
    if (field['x-pii']) return `"${canary} ${random.integer(0, 9)}"`;
    if (Array.isArray(field['enum'])) return JSON.stringify(random.pick(field['enum'] as unknown[]));
    const { type, minimum, maximum, pattern } = field;
    if (type === 'integer' || type === 'number') {
      const low = typeof minimum === 'number' ? minimum : 0;
      return String(random.chance(0.9) ? low + 1 : (maximum ?? low));
    }
    if (type === 'boolean') return random.chance(0.5) ? 'true' : 'false';
    if (type === 'array') return `[${this.value(random, 1)}]`;
    if (type === 'object') return `{"a":${this.value(random, 1)}}`;
    if (typeof pattern !== 'string') return `"${name} ${random.integer(0, 9)}"`;
    return random.pick([
      '"DE"',
      '"EUR"',
      '"2026-02-28T10:00:00.000Z"',
      '"studio-1"',
      '"A name"',
      random.pick(nastyStrings),
    ]);
  }

  /** Mostly what belongs there. */
  #mostly(random: Random, usual: string): string {
    return random.chance(0.985) ? usual : this.value(random);
  }

  #uuid(random: Random): string {
    const text = random.hex8() + random.hex8() + random.hex8() + random.hex8();
    return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-${hex.charAt(8 + random.integer(0, 3))}${text.slice(17, 20)}-${text.slice(20)}`;
  }
}
