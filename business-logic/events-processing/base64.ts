/** Lines that are written at once: few calls, and no string so long that the engine has to find it pages of its own. */
const linesAtOnce = 32;
const space = 0x20;
const lineFeed = 0x0a;

/** Bytes that base64 stands for. They lie in one buffer that stays: what was read before is gone with the next call. */
export class Base64Reader {
  #bytes = Buffer.allocUnsafeSlow(64 * 1024);

  read(base64: string): Buffer {
    if (this.#bytes.length < base64.length) this.#bytes = Buffer.allocUnsafeSlow(base64.length * 2);
    return this.#bytes.subarray(0, this.#bytes.write(base64, 'base64'));
  }
}

/** A string that is longer does not lie beside others: the engine finds it pages of its own and gives them back later. */
const mostBesideOthers = 120_000;

/** Where base64 of some lines stands in that of all. */
export interface Base64Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Lines of many records that become base64, in one buffer that stays. Long ones become it together: one string, of which
 * each record's is a part that shares its characters, instead of a long string for each. For that a record's last line
 * ends in up to two spaces, so that its bytes can be told in threes.
 */
export class Base64Lines {
  #bytes = Buffer.allocUnsafeSlow(256 * 1024);
  #length = 0;
  /** Of the record under way: where its bytes start, its characters and the lines not written yet. */
  #start = 0;
  #characters = 0;
  #lines: string[] = [];
  /** Base64 of all records, once it was asked for. */
  #all: string | undefined;

  /** Forgets every record. */
  clear(): void {
    this.#start = 0;
    this.#all = undefined;
    this.#begin();
  }

  /** Adds a line, its line feed included, to the record under way. */
  add(line: string): void {
    this.#characters += line.length;
    if (this.#lines.push(line) === linesAtOnce) this.#write();
  }

  /** How much base64 the record's lines take at the least: there are as many bytes as characters, or more. */
  get leastLength(): number {
    return base64Length(this.#characters);
  }

  /** Ends the record and begins the next; undefined, and as if it had no lines, where its base64 is longer than this. */
  end(mostCharacters: number): Base64Range | undefined {
    this.#write();
    const missing = (3 - ((this.#length - this.#start) % 3)) % 3;
    const end = this.#length + missing;
    if (base64Length(end - this.#start) > mostCharacters) {
      this.abandon();
      return undefined;
    }
    if (missing > 0) {
      this.#makeRoom(end);
      this.#bytes.fill(space, this.#length - 1, end - 1)[end - 1] = lineFeed;
    }
    const range = { start: base64Length(this.#start), end: base64Length(end) };
    this.#start = end;
    this.#begin();
    return range;
  }

  /** Forgets the lines of the record under way. */
  abandon(): void {
    this.#begin();
  }

  /** Base64 of a record that was ended; there may be none under way. */
  toBase64({ start, end }: Base64Range): string {
    if (end - start <= mostBesideOthers) return this.#bytes.toString('base64', bytesOf(start), bytesOf(end));
    this.#all ??= this.#bytes.toString('base64', 0, this.#length);
    return this.#all.slice(start, end);
  }

  #begin(): void {
    this.#length = this.#start;
    this.#characters = 0;
    this.#lines = [];
  }

  #write(): void {
    const text = this.#lines.join('');
    this.#lines = [];
    // A UTF-16 unit takes at most three bytes.
    this.#makeRoom(this.#length + text.length * 3);
    this.#length += this.#bytes.write(text, this.#length);
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(bytes * 2);
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

const bytesOf = (characters: number): number => (characters / 4) * 3;

const base64Length = (bytes: number): number => Math.ceil(bytes / 3) * 4;
