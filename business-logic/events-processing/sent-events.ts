import type { Slice } from './json-source.ts';
import { endOfValidValue, skipSpace, startOfMember } from './json-source.ts';

const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** In front of the object that is an event's `event_data`, where it is not the event's first member. */
const dataKey = ',"event_data":';

/** Where the events of a packed request stand in its text, which is valid JSON: found one after the other, as they are asked for. */
export class SentEvents {
  readonly #text: string;
  readonly #packed: number;
  readonly #found: Slice[] = [];
  /** Where the event behind those that are found starts. */
  #next: number | undefined;

  /** @param packed where the packed request starts */
  constructor(text: string, packed: number) {
    this.#text = text;
    this.#packed = packed;
  }

  /** The event's own text. */
  textOf(index: number): string {
    while (this.#found.length <= index) this.#find(endOfValidValue(this.#text, this.#start()));
    const { start, end } = this.#found[index]!;
    return this.#text.slice(start, end);
  }

  /**
   * Whether the event's `event_data` was sent as this text, which is that of an object; false also where it was, but not
   * as the event's last member and its first object, as it mostly is. Comparing is far cheaper than reading.
   */
  isDataSentAs(index: number, json: string): boolean {
    if (this.#found.length < index) this.textOf(index - 1);
    const text = this.#text;
    const start = this.#found[index]?.start ?? this.#start();
    // The first brace within the event: no other object, and so no key of one, is in front of it.
    const data = text.indexOf('{', start + 1);
    const end = data + json.length;
    if (text.charCodeAt(start) !== openBrace || !text.startsWith(dataKey, data - dataKey.length)) return false;
    // JSON of an object is the beginning of no other one. What follows has to be the end of the event.
    if (text.charCodeAt(end) !== closeBrace || text.slice(data, end) !== json) return false;
    if (this.#found.length === index) this.#find(end + 1);
    return true;
  }

  #start(): number {
    if (this.#next === undefined) {
      const events = startOfMember(this.#text, this.#packed, 'events') ?? this.#packed;
      this.#next = skipSpace(this.#text, events + 1);
    }
    return this.#next;
  }

  #find(end: number): void {
    this.#found.push({ start: this.#start(), end });
    const behind = skipSpace(this.#text, end);
    this.#next = this.#text.charCodeAt(behind) === comma ? skipSpace(this.#text, behind + 1) : behind;
  }
}
