import { setTimeout as pause } from 'node:timers/promises';
import { generate } from '../../../generator/generate.ts';
import { generatorDefaults, type GeneratorOptions } from '../../../generator/options.ts';
import { localStream } from '../../../cli/stream-target.ts';
import { launchBrowser, openPage, settle } from '../../engines/console/a-browser.ts';
import { registerGame } from '../admin-client.ts';
import { runPipeline } from '../running-pipeline.ts';
import { runWorkflowAlone } from '../run-workflow.ts';
import { flush } from '../send-events.ts';

/** Until the processes of a new window have started, in milliseconds. */
const windowPause = 1_500;

/**
 * How long a page takes from its address until nothing on it loads any more, each time in an empty window of a profile that was
 * never there.
 */
export interface FirstViews {
  readonly page: string;
  /** In the order in which they were opened. */
  readonly milliseconds: readonly number[];
  /** What the page asked for, besides files of the console itself. */
  readonly requests: readonly string[];
}

export interface FirstViewOptions {
  readonly sizes: Pick<GeneratorOptions, 'players' | 'games' | 'days'>;
  /** Behind `#/`, e.g. `overview`. The first of them is the first that the pipeline ever shows. */
  readonly pages: readonly string[];
  readonly rounds: number;
  readonly print: (line: string) => void;
}

/**
 * Lets players play, has the workflow take their events into the lake, and opens pages of the console in Chromium.
 * @throws where a page says something wrong on its console, which a failed report does
 */
export async function measureFirstViews({ sizes, pages, rounds, print }: FirstViewOptions): Promise<FirstViews[]> {
  const pipeline = await runPipeline({ flushSeconds: 5 });
  const browser = await launchBrowser();
  try {
    const { endpoints } = pipeline;
    const games = await Promise.all(
      Array.from({ length: sizes.games }, async (_, index) => {
        const name = `game ${index + 1}`;
        return { name, ...(await registerGame(endpoints, name)) };
      }),
    );
    const life = { ...generatorDefaults, ...sizes, events: Number.MAX_SAFE_INTEGER, batch: 500, end: Date.now() };
    const { acknowledged } = await generate(life, { apiUrl: endpoints.apiUrl, games, stream: localStream(endpoints) });
    await flush(endpoints);
    await runWorkflowAlone(endpoints);
    print(`${acknowledged} events of ${sizes.players} players in ${sizes.games} games over ${sizes.days} days`);

    const views: FirstViews[] = [];
    for (const page of pages) {
      const milliseconds: number[] = [];
      let requests: readonly string[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const watched = await openPage(browser, { readsAnswers: false });
        // Who types an address has a window before them that is there already.
        await pause(windowPause);
        const startedAt = performance.now();
        await watched.page.goto(`${endpoints.consoleUrl}#/${page}`);
        await settle(watched.page);
        milliseconds.push(performance.now() - startedAt);
        if (watched.errors.length > 0) throw new Error(`${page} says: ${watched.errors.join('; ')}`);
        requests = watched.requests.filter((request) => !request.includes('/console/'));
        await watched.close();
      }
      views.push({ page, milliseconds, requests });
    }
    return views;
  } finally {
    await browser.close();
    await pipeline.remove();
  }
}
