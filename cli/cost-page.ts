import { readFile, writeFile } from 'node:fs/promises';
import { loadConfig } from '../config/load.ts';
import { loadNames, namedLoads } from '../lib/cost/load.ts';
import { answerCost, costText } from './answer-cost.ts';
import { defaultRegion } from './estimate.ts';

/** The page that shows worked loads. */
export const costPagePath = 'docs/cost.md';

/** The settings that the page is about. */
export const pageConfig = 'config/prod.yaml';

/** Makes the worked loads of the page anew. */
export async function writeCostPage(): Promise<void> {
  await writeFile(costPagePath, withWorkedLoads(await readFile(costPagePath, 'utf8')));
}

/**
 * The page with each worked load as the program prints it: the first block of code below its heading.
 * @throws Error for a page without one of them
 */
export function withWorkedLoads(page: string): string {
  return loadNames.reduce((text, name) => {
    const block = new RegExp(`(\n### ${name}\n[^#]*?\`\`\`text\n)[^]*?(\`\`\`\n)`);
    if (!block.test(text)) throw new Error(`${costPagePath} has no block of text below the heading ${name}`);
    const config = loadConfig(pageConfig);
    const lines = costText(answerCost({ config, load: namedLoads[name], region: defaultRegion }));
    return text.replace(block, (_, before: string, after: string) => `${before}${lines.join('\n')}\n${after}`);
  }, page);
}
