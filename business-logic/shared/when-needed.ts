/** Something whose functions all answer later. */
type Asynchronous<Name extends string> = Readonly<Record<Name, (...args: never[]) => Promise<unknown>>>;

/**
 * The same thing, loaded with the first call of one of its functions: what most events never need costs their cold starts
 * nothing. A failed load is tried again with the next call.
 * @param names its functions
 */
export function whenNeeded<Thing extends Asynchronous<keyof Thing & string>>(
  names: readonly (keyof Thing & string)[],
  load: () => Promise<Thing>,
): Thing {
  const loaded = loadedOnce(load);
  const deferred = names.map((name) => [name, async (...args: never[]) => (await loaded())[name](...args)]);
  return Object.fromEntries(deferred) as Thing;
}

/** The same function, loaded with its first call. */
export function functionWhenNeeded<Args extends readonly unknown[], Answer>(
  load: () => Promise<(...args: Args) => Promise<Answer>>,
): (...args: Args) => Promise<Answer> {
  const loaded = loadedOnce(load);
  return async (...args) => await (await loaded())(...args);
}

function loadedOnce<Thing>(load: () => Promise<Thing>): () => Promise<Thing> {
  let loading: Promise<Thing> | undefined;
  return async () => {
    loading ??= load();
    try {
      return await loading;
    } catch (error) {
      loading = undefined;
      throw error;
    }
  };
}
