/** What one record takes of a response, in bytes. */
export interface RecordSize {
  /** When it goes back as failed. */
  readonly failedBytes: number;
  /** When its rows go out. */
  readonly bytes: number;
}

/**
 * Decides whose rows fit into one response. Every record has to be answered, so what all of them take as failed is set
 * aside first. The rest goes to the records that need least of it, so that no record is pushed out by a larger one.
 */
export class ResponseBudget<Item extends RecordSize> {
  readonly #capacity: number;
  readonly #admitted = new Set<Item>();
  #used = 0;

  /**
   * @param totalBytes what the response may take
   * @param failedBytes what it takes when every record goes back as failed
   */
  constructor(totalBytes: number, failedBytes: number) {
    this.#capacity = totalBytes - failedBytes;
  }

  /** Bytes that a record's rows may take at most, were it alone in the batch to succeed. */
  limitFor(failedBytes: number): number {
    return this.#capacity + failedBytes;
  }

  /** Takes a record in, and then the largest ones out for as long as not all of them fit. */
  admit(item: Item): void {
    this.#admitted.add(item);
    this.#used += extraBytes(item);
    while (this.#used > this.#capacity && this.#admitted.size > 0) this.#dismissLargest();
  }

  /** Whether the record's rows go out. */
  has(item: Item): boolean {
    return this.#admitted.has(item);
  }

  #dismissLargest(): void {
    let largest: Item | undefined;
    for (const item of this.#admitted) {
      if (!largest || extraBytes(item) > extraBytes(largest)) largest = item;
    }
    if (!largest) return;
    this.#admitted.delete(largest);
    this.#used -= extraBytes(largest);
  }
}

/**
 * What rows take beyond what was set aside. Rows that take less lend nothing to others: a record that came before them
 * would have been refused what a larger one behind them is given.
 */
function extraBytes({ bytes, failedBytes }: RecordSize): number {
  return Math.max(0, bytes - failedBytes);
}
