/** A record's place in its shard. */
export interface Place {
  /** When the stream was made, in seconds since the epoch: a stream that is made anew goes on with larger numbers. */
  readonly epoch: number;
  readonly shard: number;
  /** Of the shard's journal. */
  readonly sequence: number;
}

const form = /^49(\d{10})(\d{34})(\d{10})$/;

/** A sequence number in the shape of Kinesis' own: 56 digits, larger for each later record of a shard. */
export function sequenceNumber({ epoch, shard, sequence }: Place): string {
  return `49${digits(epoch, 10)}${digits(sequence, 34)}${digits(shard, 10)}`;
}

/** Undefined where the text is no sequence number. */
export function readSequenceNumber(text: string): Place | undefined {
  const [, epoch, sequence, shard] = form.exec(text) ?? [];
  if (epoch === undefined) return undefined;
  return { epoch: Number(epoch), sequence: Number(sequence), shard: Number(shard) };
}

const digits = (value: number, length: number): string => String(value).padStart(length, '0');
