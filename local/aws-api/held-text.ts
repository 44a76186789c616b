/** Text that is handed over once, so that none of those keeps it who only wait for what becomes of it. */
export class HeldText {
  private text: string | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** Throws where it was taken before. */
  take(): string {
    const { text } = this;
    if (text === undefined) throw new Error('the text was taken already');
    this.text = undefined;
    return text;
  }

  /** For whoever only looks at it. Empty once it was taken. */
  toString(): string {
    return this.text ?? '';
  }
}
