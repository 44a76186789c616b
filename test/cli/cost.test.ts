import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCostProgram } from '../../cli/cost-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'cost-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function cost(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const program = createCostProgram({ print: (line) => lines.push(line) });
  program.exitOverride().configureOutput({ writeErr: () => undefined });
  await program.parseAsync(args, { from: 'user' });
  return lines.join('\n');
}

describe('npm run cost', () => {
  it('prints every line as quantity, price and amount, the total, and one record per event beside it', async () => {
    const text = await cost();
    expect(text).toContain('100 events/s of 600 bytes, 20 in a request, 5 games, 3,000 report runs a month');
    expect(text).toContain('DIRECT_BATCH, DATA_LAKE in us-east-1; prices of 2026-11-21; storage after 12 months');
    expect(text).toMatch(/API Gateway +requests +13,140,000 +request +3\.50 \/ 1,000,000 +45\.99 +45\.99\n/);
    expect(text).toMatch(/Firehose +intake +187\.969 +GB +0\.029 +5\.45 +36\.34\n/);
    expect(text).toMatch(
      /\ntotal [\d.]+ dollars a month, [\d.]+ dollars per million events; with one record per event /,
    );
    expect(text).toContain('Firehose: 6.67 times less than with one record per event (8.83 instead of 58.90)');
    expect(text).toMatch(
      /request to Parquet: 1\.\d\d times less \(.+\); shared by both: API Gateway 46\.65, CloudWatch /,
    );
    expect(text).toMatch(
      /DIRECT_BATCH or KINESIS_DATA_STREAMS: DIRECT_BATCH is cheaper from 0\.01 to 100,000 events\/s; here /,
    );
    expect(text).toMatch(
      /DATA_LAKE or REDSHIFT: DATA_LAKE is cheaper up to [\d,]+ report runs a month, REDSHIFT above; here /,
    );
  });

  it('takes other modes, another load and another region, and says which prices are not verified', async () => {
    const mode = ['--mode', 'KINESIS_DATA_STREAMS', 'REDSHIFT'];
    const text = await cost(
      ...mode,
      '--load',
      'indie',
      '--event-bytes',
      '1500',
      '--games',
      '2',
      '--region',
      'eu-central-1',
    );
    expect(text).toContain('1 events/s of 1,500 bytes, 20 in a request, 2 games, 100 report runs a month');
    expect(text).toContain('KINESIS_DATA_STREAMS, REDSHIFT in eu-central-1');
    expect(text).toMatch(/Kinesis +stream +730 +stream-hour +0\.0517 \* +37\.74 /);
    expect(text).toMatch(/\n\* not verified for this region: config\/prices\.yaml says what was found\n/);
  });

  it('shows the tiers of a large load', async () => {
    const text = await cost('--load', 'publisher');
    expect(text).toMatch(/API Gateway +requests +333,000,000 .+\nAPI Gateway +requests, tier 2 +324,000,000 /);
    // One record per event reaches a tier that packed records do not.
    const shown = await cost('--load', 'publisher', '--events-per-second', '120000');
    expect(shown).toMatch(/Firehose +intake, tier 2 +– +GB +0\.025 +– +[\d,.]+\n/);
  });

  it('writes every digit as JSON', async () => {
    const path = join(folder, 'bill.json');
    expect(await cost('--json', path)).toMatch(new RegExp(`written to ${path}$`));
    const answer = JSON.parse(readFileSync(path, 'utf8'));
    expect(answer).toMatchObject({ region: 'us-east-1', modes: ['DIRECT_BATCH', 'DATA_LAKE'], load: { games: 5 } });
    expect(answer.packed.lines[0]).toEqual({
      part: 'request to Parquet',
      service: 'API Gateway',
      what: 'requests',
      quantity: 13_140_000,
      unit: 'request',
      usd: 3.5,
      per: 1_000_000,
      verified: true,
      tier: 1,
      amount: 45.99,
    });
    expect(answer.firehoseRatio).toBeCloseTo(20 / 3, 9);
    expect(answer.breakEvens).toHaveLength(2);
  });

  it.each([
    [['--region', 'mars-north-1'], /no prices of the region mars-north-1 .* has those of eu-central-1, us-east-1/],
    [['--load', 'everybody'], /Allowed choices are indie, studio, publisher/],
    [['--mode', 'SATELLITE'], /Allowed choices are DIRECT_BATCH, KINESIS_DATA_STREAMS, DATA_LAKE, REDSHIFT/],
    [['--games', '0'], /a number above 0 is expected/],
  ])('refuses %j', async (args, message) => {
    await expect(cost(...args)).rejects.toThrow(message);
  });
});
