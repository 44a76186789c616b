/** Wakes those who wait for something to have changed. */
export interface Signal {
  notify(): void;
  /** Resolves at the next `notify`, or after the given time at the latest. */
  wait(milliseconds: number): Promise<void>;
}

export function createSignal(): Signal {
  let waiting: (() => void)[] = [];
  return {
    notify() {
      const resolves = waiting;
      waiting = [];
      for (const resolve of resolves) resolve();
    },
    wait(milliseconds) {
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
  };
}
