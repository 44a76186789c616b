import { writeProblem } from '../write-problem.ts';

/** Looks every second whether journal and lake can still be written, so that health is known before the next record. */
export function watchFolders(folders: () => readonly string[], probe: () => Promise<void>) {
  let problem: string | undefined;
  let looking = Promise.resolve();
  const look = async () => {
    await probe();
    problem = (await Promise.all(folders().map(writeProblem))).find((one) => one !== undefined);
  };
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => undefined);
  }, 1000).unref();
  return {
    problem: () => problem,
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
