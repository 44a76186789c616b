/** What a replayed event's column `replay` says. */
export interface ReplayMark {
  /** The run of `npm run replay` that sent it. */
  readonly run: string;
  /** Where the run found it: `rejected`, or the folder of `firehose-errors/`. */
  readonly source: string;
  /** When it was sent, in milliseconds since the epoch. */
  readonly at: number;
  /** Stands for the arrival that is replayed: equal whenever the same one is replayed again. */
  readonly key: string | undefined;
  /** Of a rejected row: `<application_id>/<request_id>/<position>/<event_id>` as that row has them, for reports of rejects. */
  readonly of: string | undefined;
}

/** What a replayed request says of all its events, and of each in its place. */
export interface RequestReplay {
  /** The mark of the event that stands so far in the request's events. */
  markOf(index: number): ReplayMark;
  /** Where that event stood in the request that first brought it. */
  positionOf(index: number): number;
}

/** Characters of a run or a source, and of the other texts. */
const maxName = 64;
const maxText = 2_000;
const lastMoment = 4_102_444_800_000;

/**
 * Reads the `replay` of a packed record: `{ run, source, at, events: [{ position, key, of }] }`, an item for each event in
 * its place. Only who may write to the stream itself can send one: the gateway makes its records of named fields.
 * @returns undefined for what is no such object; nothing of the record is then taken for replayed
 */
export function readReplay(value: unknown): RequestReplay | undefined {
  if (!isObject(value)) return undefined;
  const { run, source, at, events = [] } = value;
  const isValid = isText(run, maxName) && isText(source, maxName) && isMoment(at) && Array.isArray(events);
  if (!isValid) return undefined;
  const item = (index: number): Readonly<Record<string, unknown>> => {
    const found: unknown = events[index];
    return isObject(found) ? found : {};
  };
  return {
    markOf(index) {
      const { key, of } = item(index);
      return {
        run,
        source,
        at,
        key: isText(key, maxText) ? key : undefined,
        of: isText(of, maxText) ? of : undefined,
      };
    },
    positionOf(index) {
      const { position } = item(index);
      return typeof position === 'number' && Number.isSafeInteger(position) && position >= 0 ? position : index;
    },
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown, maxCharacters: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= maxCharacters && /^[^\0\p{Cs}]*$/u.test(value);

const isMoment = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value < lastMoment;
