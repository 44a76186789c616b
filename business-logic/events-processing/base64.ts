/** Lines that are written at once: few calls, and no string so long that the engine has to find it pages of its own. */
const linesAtOnce = 32;

/** Bytes that base64 stands for. They lie in one buffer that stays: what was read before is gone with the next call. */
export class Base64Reader {
  #bytes = Buffer.allocUnsafeSlow(64 * 1024);

  read(base64: string): Buffer {
    if (this.#bytes.length < base64.length) this.#bytes = Buffer.allocUnsafeSlow(base64.length * 2);
    return this.#bytes.subarray(0, this.#bytes.write(base64, 'base64'));
  }
}

/** Lines that become base64, by way of one buffer that stays. */
export class Base64Lines {
  #bytes = Buffer.allocUnsafeSlow(128 * 1024);
  #length = 0;
  #characters = 0;
  #lines: string[] = [];

  /** Begins anew. */
  clear(): void {
    this.#length = 0;
    this.#characters = 0;
    this.#lines = [];
  }

  add(line: string): void {
    this.#characters += line.length;
    if (this.#lines.push(line) === linesAtOnce) this.#write();
  }

  /** How much base64 the lines take at the least: there are as many bytes as characters, or more. */
  get leastLength(): number {
    return base64Length(this.#characters);
  }

  /** Base64 of all lines; undefined where it would be longer than this. */
  toBase64(mostCharacters: number): string | undefined {
    this.#write();
    return base64Length(this.#length) > mostCharacters ? undefined : this.#bytes.toString('base64', 0, this.#length);
  }

  #write(): void {
    const text = this.#lines.join('');
    this.#lines = [];
    // A UTF-16 unit takes at most three bytes.
    const most = this.#length + text.length * 3;
    if (most > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(most * 2);
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#length += this.#bytes.write(text, this.#length);
  }
}

const base64Length = (bytes: number): number => Math.ceil(bytes / 3) * 4;
