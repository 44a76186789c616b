import type { Endpoints } from '../../../local/runtime.ts';
import { aSentEvent, postEvents, type Sender } from '../send-events.ts';

/** Senders at work, who note what was answered. */
export interface EventSender {
  /** Ids of events whose 200 was read. */
  readonly acknowledged: ReadonlySet<string>;
  /** Answers that were no 200, by status; `none` where there was no answer. */
  readonly otherAnswers: ReadonlyMap<string, number>;
  /** Resolves once the requests under way are answered. */
  stop(): Promise<void>;
}

export interface EventSenderOptions {
  readonly writers?: number;
  readonly eventsPerRequest?: number;
}

/** Posts events one request after the other, by several senders at once, and sends none again. */
export function keepSending(
  endpoints: Pick<Endpoints, 'apiUrl'>,
  sender: Sender,
  { writers = 3, eventsPerRequest = 4 }: EventSenderOptions = {},
): EventSender {
  const acknowledged = new Set<string>();
  const otherAnswers = new Map<string, number>();
  const stopping = new AbortController();

  async function write(): Promise<void> {
    while (!stopping.signal.aborted) {
      const events = Array.from({ length: eventsPerRequest }, () => aSentEvent());
      const status = await postEvents(endpoints, sender, events).then(
        (answer) => String(answer.status),
        () => 'none',
      );
      if (status === '200') for (const { event_id: id } of events) acknowledged.add(String(id));
      else otherAnswers.set(status, (otherAnswers.get(status) ?? 0) + 1);
      // Leaves the runtime, which may share this process, its turn.
      await new Promise((resolve) => setTimeout(resolve, status === '200' ? 2 : 20));
    }
  }

  const written = Promise.all(Array.from({ length: writers }, write));
  return {
    acknowledged,
    otherAnswers,
    async stop() {
      stopping.abort();
      await written;
    },
  };
}
