import { setTimeout as wait } from 'node:timers/promises';
import type { Game } from '../../support/admin-client.ts';
import { aSentEvent, postEvents } from '../../support/send-events.ts';

/** Sends events of one game without end, through every restart, each until it is acknowledged. */
export interface SteadySender {
  /** Ids of events whose 200 was read. */
  readonly acknowledged: ReadonlySet<string>;
  /** Resolves when so many more events are acknowledged. */
  more(events: number): Promise<void>;
  pause(): Promise<void>;
  resume(): void;
  stop(): Promise<void>;
}

const batch = 20;

/** @param apiUrl of an API that comes back at the same address */
export function keepSending(apiUrl: string, game: Game): SteadySender {
  const acknowledged = new Set<string>();
  let isPaused = false;
  const stopping = new AbortController();
  const isStopped = () => stopping.signal.aborted;
  let underWay: Promise<void> = Promise.resolve();

  async function send(): Promise<void> {
    const events = Array.from({ length: batch }, () => aSentEvent({ player_id: 'steady' }));
    while (!isStopped()) {
      const status = await postEvents({ apiUrl }, game, events).then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 200) {
        for (const { event_id } of events) acknowledged.add(String(event_id));
        return;
      }
      await wait(50);
    }
  }

  const running = (async () => {
    while (!isStopped()) {
      if (!isPaused) await (underWay = send());
      await wait(isPaused ? 50 : 5);
    }
  })();

  return {
    acknowledged,
    async more(events) {
      const wanted = acknowledged.size + events;
      while (acknowledged.size < wanted) await wait(20);
    },
    async pause() {
      isPaused = true;
      await underWay;
    },
    resume() {
      isPaused = false;
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
