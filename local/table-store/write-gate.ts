/** Lets many tasks run side by side, or one of them alone. */
export interface WriteGate {
  together<T>(task: () => Promise<T>): Promise<T>;
  alone<T>(task: () => Promise<T>): Promise<T>;
}

/** Tasks go in the order in which they came: none overtakes one that waits to be alone. */
export function createWriteGate(): WriteGate {
  let lastAlone: Promise<unknown> = Promise.resolve();
  let since: Promise<unknown>[] = [];
  return {
    together(task) {
      const result = lastAlone.then(task);
      const end = result.catch(() => undefined);
      since.push(end);
      void end.finally(() => {
        since = since.filter((one) => one !== end);
      });
      return result;
    },
    alone(task) {
      const result = Promise.all([lastAlone, ...since]).then(task);
      since = [];
      lastAlone = result.catch(() => undefined);
      return result;
    },
  };
}
