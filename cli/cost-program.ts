import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { loadConfig } from '../config/load.ts';
import { loadNames, namedLoads, type Load, type LoadName } from '../lib/cost/load.ts';
import { inMode, modeNames, type ModeName } from '../lib/cost/modes.ts';
import { answerCost, costText, type CostAnswer } from './answer-cost.ts';
import { costPagePath, writeCostPage } from './cost-page.ts';
import { defaultLoad, defaultRegion } from './estimate.ts';
import { number } from './option-values.ts';
import { defaultConfig } from './synth-program.ts';

export interface CostDeps {
  readonly print: (line: string) => void;
}

interface CostOptions extends Partial<Load> {
  readonly config: string;
  readonly load: LoadName;
  readonly mode: readonly ModeName[];
  readonly region: string;
  readonly json?: string;
  readonly page: boolean;
}

/** `npm run cost`: what AWS would bill for a month. */
export function createCostProgram({ print }: CostDeps): Command {
  return new Command('cost')
    .description('Computes what AWS would bill for a month, line by line, from the prices in config/prices.yaml.')
    .option('--config <file>', 'settings of the deployment', defaultConfig)
    .addOption(new Option('--load <name>', 'load to begin with').choices(loadNames).default(defaultLoad))
    .option('--events-per-second <n>', 'events a second, the mean of the month', positive)
    .option('--event-bytes <n>', 'bytes of an event’s JSON', positive)
    .option('--events-per-request <n>', 'events that a client sends at once', positive)
    .option('--games <n>', 'games', positive)
    .option('--report-runs <n>', 'runs of reports in a month', number)
    .option('--months <n>', 'months for which data has been coming in; storage is that of the last one', positive)
    .addOption(new Option('--mode <mode...>', 'other modes than the configured ones').choices(modeNames).default([]))
    .option('--region <name>', 'whose prices', defaultRegion)
    .option('--json <file>', 'write the bills with every digit')
    .option('--page', 'write the worked loads into docs/cost.md instead', false)
    .showHelpAfterError()
    .action(async (options: CostOptions) => {
      if (options.page) {
        await writeCostPage();
        print(`wrote ${costPagePath}`);
        return;
      }
      const result = computeCost(options);
      for (const line of costText(result)) print(line);
      if (options.json === undefined) return;
      await writeFile(options.json, `${JSON.stringify(result, null, 2)}\n`);
      print(`written to ${options.json}`);
    });
}

function computeCost({ config, load, mode, region, ...given }: CostOptions): CostAnswer {
  const named = namedLoads[load];
  const chosen = {
    eventsPerSecond: given.eventsPerSecond ?? named.eventsPerSecond,
    eventBytes: given.eventBytes ?? named.eventBytes,
    eventsPerRequest: given.eventsPerRequest ?? named.eventsPerRequest,
    games: given.games ?? named.games,
    reportRuns: given.reportRuns ?? named.reportRuns,
    months: given.months ?? named.months,
  };
  return answerCost({ config: mode.reduce(inMode, loadConfig(config)), load: chosen, region });
}

function positive(text: string): number {
  const value = number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number above 0 is expected.');
  return value;
}
