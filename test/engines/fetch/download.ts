/** A download that failed three times: its engine is skipped, by name. */
export class DownloadFailed extends Error {
  override readonly name = 'DownloadFailed';
}

/** Tries a download three times before it gives up with `DownloadFailed`. */
export async function download<T>(
  what: string,
  attempt: () => Promise<T>,
  { attempts = 3, pauseSeconds = 5, say = (_line: string): void => undefined } = {},
): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      say(`download of ${what} failed (${count} of ${attempts}): ${String(error).slice(0, 2000)}`);
      if (count === attempts) throw new DownloadFailed(`${what} could not be downloaded`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, pauseSeconds * 1000));
    }
  }
}
