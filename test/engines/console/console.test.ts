import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createQueryProgram } from '../../../cli/query-program.ts';
import { createFormats } from '../../../console/src/format/format-value.ts';
import type { Column, Row } from '../../../console/src/data/report.ts';
import { wordsOf } from '../../../console/src/format/words.ts';
import { firstPage } from '../../../local/warm-up.ts';
import { keepPicture, launchBrowser, openPage, settle, type OpenOptions, type Watched } from './a-browser.ts';
import { aSentEvent, flush, postEvents } from '../../support/send-events.ts';
import { hostile, makeConsoleData, type ConsoleData } from './console-data.ts';

const pages = [
  'overview',
  'retention',
  'monetisation',
  'levels',
  'economy',
  'titles',
  'accounts',
  'events',
  'query',
  'reports',
  'reports/retention',
];

/** What stands in data of the second studio alone. */
const foreign = /bravo|7771\.25|23313\.75|\bXTS\b|\bBV\b/;

let data: ConsoleData;
let browser: Browser;
const opened: Watched[] = [];

beforeAll(async () => {
  [data, browser] = await Promise.all([makeConsoleData(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await data?.remove();
});

async function open(options: OpenOptions = {}): Promise<Watched> {
  const watched = await openPage(browser, options);
  opened.push(watched);
  return watched;
}

async function goTo(page: Page, place: string): Promise<void> {
  await page.goto(`${data.url}#/${place}`);
  await settle(page);
}

/** Signs in by hand, as somebody does who has a token. */
async function signIn(page: Page, token: string): Promise<void> {
  await page.goto(data.url);
  await settle(page);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Token of a studio or of the publisher').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await settle(page);
}

/** Violations that axe finds, a line each. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const found = (await page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(tags)} })`)) as axe.AxeResults;
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

interface Answered {
  readonly report: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** The rows of every report that a page was answered. */
const answered = async ({ answers }: Watched): Promise<readonly Answered[]> =>
  (await answers()).flatMap((text) => {
    const answer = (text.startsWith('{') ? JSON.parse(text) : {}) as Partial<Answered>;
    return answer.report !== undefined && answer.rows && answer.columns ? [answer as Answered] : [];
  });

/** The texts of a table: headings, then rows. */
const tableOf = (page: Page, label: string): Promise<readonly (readonly string[])[]> =>
  page
    .getByRole('region', { name: label, exact: true })
    .locator('tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent?.trim() ?? '')));

/** By how much a page is wider than the window. */
const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

const gamePicker = (page: Page) => page.getByRole('combobox', { name: 'Game', exact: true });

const liveTail = (page: Page) => page.getByRole('region', { name: 'Newest events' });

describe('the pages of the laptop', () => {
  it.each(pages)(
    '%s shows what its reports say, breaks no rule of WCAG, and fits a small screen in the dark',
    async (place) => {
      const watched = await open();
      const { page, errors } = watched;
      await goTo(page, place);
      for (const details of await page.locator('details.figures').all()) await details.locator('summary').click();
      await settle(page);
      const formats = createFormats(['en-US']);
      const reports = await answered(watched);
      const labels = await page
        .getByRole('region', { name: /^(Figures of|Rows of) / })
        .evaluateAll((regions) => regions.map((region) => region.getAttribute('aria-label') ?? ''));
      for (const label of labels) {
        const [headings = [], ...shown] = await tableOf(page, label);
        const fitting = reports.filter(
          ({ columns }) => columns.map(({ name }) => wordsOf(name)).join() === headings.join(),
        );
        const known = new Set(
          fitting.flatMap(({ columns, rows }) =>
            rows.map((row) => columns.map((column) => formats.cell(column, row[column.name])).join(' | ')),
          ),
        );
        expect([label, shown.length > 0]).toEqual([label, true]);
        const unknown = shown.map((cells) => cells.join(' | ')).filter((row) => !known.has(row));
        expect([label, unknown]).toEqual([label, []]);
      }
      expect(await violations(page)).toEqual([]);
      expect(errors).toEqual([]);
      await keepPicture(page, `${place.replace('/', '-')}-light`);

      await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
      await page.setViewportSize({ width: 390, height: 844 });
      await settle(page);
      expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
      expect(await violations(page)).toEqual([]);
      expect(errors).toEqual([]);
      await keepPicture(page, `${place.replace('/', '-')}-dark-390`);
      await watched.close();
    },
  );

  it('ask for nothing that they do not show', async () => {
    const { page, requests, close } = await open();
    await goTo(page, 'retention');
    const asked = requests
      .map((request) => new URL(request.slice(4)))
      .map(({ pathname, searchParams }) => {
        const report = searchParams.get('report');
        return report === null ? pathname.replace(/-[\w-]{8}\./, '.') : report;
      });
    expect(asked.toSorted()).toEqual(
      [
        '/console/',
        '/console/assets/icon.svg',
        '/console/assets/index.css',
        '/console/assets/index.js',
        '/console/config.json',
        '/_local/reports',
        'retention',
        'title-popularity',
      ].toSorted(),
    );
    await close();
  });

  it('show first what the pipeline has read ahead, and no other report', async () => {
    const { page, requests, close } = await open();
    await goTo(page, 'overview');
    const asked = requests.flatMap((request) => new URL(request.slice(4)).searchParams.getAll('report'));
    expect(asked.toSorted()).toEqual([...firstPage].toSorted());
    await close();
  });

  it('ask once where several pictures show one report', async () => {
    const { page, requests, close } = await open();
    for (const place of ['levels', 'economy', 'monetisation']) await goTo(page, place);
    const asked = requests.filter((request) => request.includes('report='));
    expect(asked.filter((request, index) => asked.indexOf(request) !== index)).toEqual([]);
    await close();
  });
});

describe('the overview', () => {
  it('has the figures of the reports, and of the period before', async () => {
    const watched = await open();
    const { page } = watched;
    await goTo(page, 'overview');
    const rowsOf = async (name: string) => (await answered(watched)).find(({ report }) => report === name)!.rows;
    const from = await page.getByLabel('From').inputValue();
    const to = await page.getByLabel('To').inputValue();
    const dau = (await rowsOf('daily-active-players')).filter(
      ({ event_date: day }) => String(day) >= from && String(day) <= to,
    );
    const days = new Set(dau.map(({ event_date: day }) => day)).size;
    const mean = dau.reduce((sum, row) => sum + Number(row['dau']), 0) / days;
    const tile = (title: string) => page.getByRole('region', { name: title, exact: true }).locator('.figure');
    expect(await tile('DAU').textContent()).toBe(new Intl.NumberFormat('en-US').format(Math.round(mean)));
    const newcomers = (await rowsOf('new-players-per-day')).filter(
      ({ event_date: day }) => String(day) >= from && String(day) <= to,
    );
    const sum = newcomers.reduce((total, row) => total + Number(row['new_players']), 0);
    expect(await tile('New players').textContent()).toBe(new Intl.NumberFormat('en-US').format(sum));
    await watched.close();
  });

  it('is of the game and the days that are chosen, and the address says which', async () => {
    const watched = await open();
    const { page } = watched;
    await goTo(page, 'overview');
    const someGame = await gamePicker(page).locator('option').nth(1).getAttribute('value');
    await gamePicker(page).selectOption(someGame);
    await page.getByRole('combobox', { name: 'Period', exact: true }).selectOption({ label: 'last 7 days' });
    await settle(page);
    expect(page.url()).toMatch(/#\/overview\?from=\d{4}-\d\d-\d\d&to=\d{4}-\d\d-\d\d&game=.+$/);
    const game = await gamePicker(page).inputValue();
    const [last] = (await answered(watched)).filter(({ report }) => report === 'daily-active-players').slice(-1);
    expect(new Set(last!.rows.map((row) => row['application_id']))).toEqual(new Set([game]));
    await watched.close();
  });
});

describe('who is signed in', () => {
  it('the publisher, sees all titles, and no page of the laptop', async () => {
    const watched = await open();
    const { page, errors, requests } = watched;
    await signIn(page, data.publisher);
    // A browser tells of the 403 by which the token was found to be no studio's.
    const before = errors.length;
    for (const place of ['overview', 'titles', 'accounts', 'events', 'reports']) {
      await goTo(page, place);
      expect(await violations(page)).toEqual([]);
    }
    expect(await page.getByRole('navigation', { name: 'Pages' }).textContent()).not.toContain('Query');
    await goTo(page, 'titles');
    expect(await page.locator('main').textContent()).toMatch(/bravo/);
    expect(errors.slice(before)).toEqual([]);
    const ownRoutes = requests.slice(requests.findIndex((request) => request.includes('/rg-owner')));
    expect(ownRoutes.filter((request) => request.includes('/_local/'))).toEqual([]);
    await keepPicture(page, 'publisher-titles');
    await watched.close();
  });

  it('a studio, sees its own titles and nothing else: on no page, in no answer, in no storage', async () => {
    const watched = await openPage(browser);
    const { page, errors, requests } = watched;
    await page.route('**/_local/**', (route) => route.abort());
    await page.addInitScript(
      `sessionStorage.setItem('playlake.session', JSON.stringify({ role: 'studio', token: ${JSON.stringify(data.alpha.token)} }))`,
    );
    for (const place of pages.filter((name) => name !== 'reports/retention')) {
      await goTo(page, place);
      for (const details of await page.locator('details').all()) await details.locator('summary').first().click();
      await settle(page);
      const html = await page.content();
      expect([place, foreign.exec(html)]).toEqual([place, null]);
    }
    expect((await watched.answers()).filter((text) => foreign.test(text))).toEqual([]);
    expect(requests.filter((request) => foreign.test(request) || request.includes(data.alpha.token))).toEqual([]);
    const storage = await page.evaluate(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
    );
    expect(String(storage)).not.toMatch(foreign);
    expect(errors).toEqual([]);
    await goTo(page, 'titles');
    expect(await page.locator('main').textContent()).toMatch(/alpha/);
    await keepPicture(page, 'studio-titles');
    await watched.close();
  });

  it('has a token in this tab alone, until signing out', async () => {
    const { page, close, requests } = await open();
    await signIn(page, data.alpha.token);
    expect(await page.evaluate('sessionStorage.getItem("playlake.session")')).toContain(data.alpha.token);
    expect(await page.evaluate('JSON.stringify({ ...localStorage }) + document.cookie + location.href')).not.toContain(
      data.alpha.token,
    );
    expect(requests.join('\n')).not.toContain(data.alpha.token);
    await page.getByRole('button', { name: 'Sign out' }).click();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    await page.getByLabel('Token of a studio or of the publisher').waitFor();
    expect(await violations(page)).toEqual([]);
    await keepPicture(page, 'sign-in');
    await close();
  });

  it('nobody, with a token that reads nothing, and is told whose do', async () => {
    const { page, close } = await open();
    await page.goto(data.url);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Token of a studio or of the publisher').fill(data.alpha.games[0]!.token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect
      .poll(() => page.getByRole('alert').textContent())
      .toMatch(/reads no reports.*role studio or publisher/);
    await close();
  });
});

describe('text that is an attack', () => {
  it('is shown as text, wherever it comes from', async () => {
    const { page, errors, close } = await open();
    for (const place of ['levels', 'titles', 'reports/players-of-a-studio']) {
      await goTo(page, place);
      for (const details of await page.locator('details').all()) await details.locator('summary').first().click();
      await settle(page);
    }
    await page.getByRole('textbox', { name: 'studio_id' }).fill('mallory-studio');
    await page.getByRole('button', { name: 'Run' }).click();
    await settle(page);
    await goTo(page, 'query');
    await writeSql(page, `SELECT '${hostile}' AS "<b>x</b>", 1 AS n UNION ALL SELECT 'b', 2`);
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('region', { name: 'Rows of query' }).waitFor();
    await settle(page);
    expect(await page.getByRole('region', { name: 'Rows of query' }).textContent()).toContain(hostile);
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(errors).toEqual([]);
    await close();
  });

  it('is shown as text to a studio as well', async () => {
    const { page, errors, close } = await open();
    await signIn(page, data.mallory);
    await goTo(page, 'titles');
    expect(await gamePicker(page).textContent()).toContain(hostile);
    await goTo(page, 'accounts');
    expect(await page.locator('main').textContent()).toContain(hostile);
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(errors).toEqual([]);
    await close();
  });

  it('could do nothing either: the policy lets no inline code and no eval in', async () => {
    const response = await fetch(data.url);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/default-src 'none'.*script-src 'self'.*style-src 'self'/);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    const { page, close } = await open();
    await goTo(page, 'reports');
    const ran = await page.evaluate(`new Promise((resolve) => {
      const script = document.createElement('script');
      script.textContent = 'window.hacked = 1';
      document.body.append(script);
      setTimeout(() => resolve(window.hacked), 50);
    })`);
    expect(ran).toBeUndefined();
    await close();
  });
});

/** Types over whatever the editor holds. */
async function writeSql(page: Page, sql: string): Promise<void> {
  await page.getByRole('textbox', { name: 'SQL' }).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(sql);
}

describe('the query page', () => {
  it('runs SQL by keyboard alone, shows rows, chart, bytes and price, and gives them as CSV', async () => {
    const { page, errors, close } = await open();
    await goTo(page, 'query');
    await page.getByRole('textbox', { name: 'SQL' }).focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText(
      'SELECT event_date, count(*) AS events FROM events GROUP BY event_date ORDER BY event_date',
    );
    await page.keyboard.press('Control+Enter');
    await page.getByRole('region', { name: 'Rows of query' }).waitFor();
    await settle(page);
    expect(await page.getByRole('img', { name: /query: Events by Day \(UTC\)/ }).count()).toBe(1);
    expect(await page.locator('main').textContent()).toMatch(/[\d,]+ bytes scanned: about \$0\.\d+ on Athena/);
    // Out of the editor, and on to the next control.
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement?.textContent')).toBe('Run');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('query.csv');
    expect(errors).toEqual([]);
    await close();
  });

  it('says what is wrong with SQL', async () => {
    const { page, close } = await open();
    await goTo(page, 'query');
    await writeSql(page, 'SELECT nothing FROM events');
    await page.getByRole('button', { name: 'Run' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toMatch(/nothing/);
    await close();
  });

  it('stops a query that takes too long, on the server as well', async () => {
    const { page, close } = await open();
    await goTo(page, 'query');
    const long = `SELECT count(*) AS pairs FROM events a CROSS JOIN events b CROSS JOIN events c WHERE a.event_id < b.event_id`;
    await writeSql(page, long);
    await page.getByRole('button', { name: 'Run' }).click();
    await expect.poll(() => page.locator('.loading').textContent()).toMatch(/the query runs, [1-9]\d* s/);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped.').waitFor();
    // Were it still running, this one would wait for its processors.
    await writeSql(page, 'SELECT 1 AS one');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('region', { name: 'Rows of query' }).waitFor({ timeout: 20_000 });
    await close();
  });
});

describe('a new query file', () => {
  const name = 'zebra-crossings';
  const text =
    '-- description: Zebras by their crossing.\n-- grain: one row per crossing\n-- chart: bar x=crossing y=zebras\n\n' +
    "SELECT 'north' AS crossing, 3 AS zebras\nUNION ALL\nSELECT 'south' AS crossing, 5 AS zebras\n";

  it('is a report with its chart, in the console', async () => {
    writeFileSync(join(data.reportsFolder, `${name}.sql`), text);
    const { page, errors, close } = await open();
    await goTo(page, 'reports');
    await page.getByRole('searchbox', { name: 'Search' }).fill('zebra');
    await page.getByRole('button', { name }).click();
    await settle(page);
    expect(await page.getByRole('img', { name: `${name}: Zebras by Crossing, 1 series, 2 points` }).count()).toBe(1);
    expect((await tableOf(page, `Rows of ${name}`)).slice(1)).toEqual([
      ['north', '3'],
      ['south', '5'],
    ]);
    expect(errors).toEqual([]);
    await close();
  });

  it('that is none is named with what is wrong, and hides no other', async () => {
    const broken = join(data.reportsFolder, 'broken.sql');
    writeFileSync(broken, 'SELECT 1');
    const { page, close } = await open();
    await goTo(page, 'reports');
    expect(await page.getByRole('alert').textContent()).toMatch(/broken\.sql: .*description.* is missing/);
    expect(await page.locator('.reports li').count()).toBeGreaterThan(40);
    rmSync(broken);
    await close();
  });

  it('is one in the terminal, drawn by the same header', async () => {
    const lines: string[] = [];
    const columns = ['crossing', 'zebras'];
    const result = {
      columns,
      rows: [
        ['north', '3'],
        ['south', '5'],
      ],
      scannedBytes: 0,
      milliseconds: 1,
    };
    const engine = {
      savedQueries: async () => [{ id: name, name, text }],
      run: async () => result,
      runSaved: async () => result,
      close: () => undefined,
    };
    const program = createQueryProgram({ connect: () => engine as never, print: (line) => void lines.push(line) });
    await program.parseAsync([name], { from: 'user' });
    expect(lines.join('\n')).toMatch(/south.*5.*█/);
  });
});

describe('the parameters of a report', () => {
  it('are what was entered, until a picker moves that gives them; others stay', async () => {
    const { page, requests, close } = await open();
    await goTo(page, 'reports/funnel');
    const field = (name: string) => page.getByRole('form', { name: 'Parameters' }).locator(`input[name=${name}]`);
    const [before = '', window = ''] = [await field('from_date').inputValue(), await field('window_days').inputValue()];
    expect([before, window]).toEqual([await page.getByLabel('From', { exact: true }).inputValue(), '']);
    await field('from_date').fill('2026-01-01');
    await field('window_days').fill('3');
    await field('window_days').press('Enter');
    await settle(page);
    expect(await page.evaluate('document.activeElement?.name')).toBe('window_days');
    await page.getByRole('combobox', { name: 'Period', exact: true }).selectOption({ label: 'last 7 days' });
    await settle(page);
    const asked = requests
      .filter((request) => request.includes('report=funnel'))
      .map((request) => new URL(request.slice(4)).searchParams)
      .map((values) => [values.get('from_date'), values.get('window_days')]);
    const after = await page.getByLabel('From', { exact: true }).inputValue();
    expect(asked).toEqual([
      [before, null],
      ['2026-01-01', '3'],
      [after, '3'],
    ]);
    expect(await field('from_date').inputValue()).toBe(after);
    await close();
  });
});

describe('the live tail', () => {
  it('shows events as they arrive, why some were rejected, and whatever they hold as text', async () => {
    const { page, errors, close } = await open();
    await goTo(page, 'events');
    await liveTail(page).waitFor();
    const { endpoints } = data.pipeline;
    const game = data.alpha.games[0]!;
    const good = aSentEvent({ event_name: hostile });
    const bad = aSentEvent({ event_type: hostile });
    expect(await postEvents(endpoints, game, [good, bad])).toMatchObject({ status: 200 });
    await flush(endpoints);

    const lineOf = (event: typeof good) =>
      liveTail(page)
        .locator('tbody tr')
        .filter({ has: page.getByText(`the whole event ${String(event['event_id'])}`) });
    await lineOf(good).waitFor();
    expect(await lineOf(good).locator('td').allTextContents()).toEqual([
      expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      expect.stringMatching(/^accepted\s*$/),
      'login',
      `The ${game.applicationId}`,
      expect.anything(),
    ]);
    expect(await lineOf(bad).locator('td').nth(1).textContent()).toBe('rejected invalid_envelope');

    const wholeOf = async (event: typeof good) => {
      await lineOf(event).locator('summary').click();
      return JSON.parse((await lineOf(event).locator('pre').textContent())!) as Record<string, unknown>;
    };
    expect(await wholeOf(good)).toMatchObject({ event_name: hostile, application_id: game.applicationId });
    expect(JSON.parse(String((await wholeOf(bad))['original']))).toMatchObject({ event_type: hostile });
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(errors).toEqual([]);
    await close();
  });

  it('shows one kind of event, and asks for nothing while it is paused', async () => {
    const { page, requests, close } = await open();
    await goTo(page, 'events');
    await page.getByRole('combobox', { name: /^Show/ }).selectOption({ label: 'rejected events' });
    await expect.poll(() => liveTail(page).locator('.badge.accepted').count()).toBe(0);
    expect(await liveTail(page).locator('.badge.rejected').count()).toBeGreaterThan(0);
    const asked = () => requests.filter((request) => request.includes('/_local/events')).length;
    await page.getByRole('button', { name: 'Pause', pressed: false }).click();
    const before = asked();
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect(asked()).toBe(before);
    await page.getByRole('button', { name: 'Pause', pressed: true }).click();
    await expect.poll(asked).toBeGreaterThan(before);
    await close();
  });
});

describe('somebody without a mouse', () => {
  it('comes to every page and opens its figures', async () => {
    const { page, close } = await open();
    await goTo(page, 'overview');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement?.textContent')).toBe('Skip to the page');
    for (let presses = 0; presses < 30; presses += 1) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate('document.activeElement?.textContent')) === 'Retention') break;
    }
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).not.toBe('none');
    await page.keyboard.press('Enter');
    await settle(page);
    expect(await page.evaluate('document.activeElement?.tagName')).toBe('H1');
    await page.locator('details.figures summary').first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Figures of Cohorts' }).waitFor();
    await close();
  });
});

describe('what does not go well', () => {
  it('loads with its time and a way out, fails in words that help, and is tried again', async () => {
    const { page, close } = await open();
    let answer: 'late' | 'broken' | 'well' = 'late';
    await page.route('**/_local/reports?report=retention*', async (route) => {
      if (answer === 'late') return;
      if (answer === 'broken') {
        await route.fulfill({ status: 500, json: { error: 'InternalError', error_detail: 'see runtime.log' } });
      } else await route.continue();
    });
    await page.goto(`${data.url}#/retention`);
    await expect.poll(() => page.locator('.loading').textContent()).toMatch(/the query runs, [1-9]\d* s/);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel' }).click();
    answer = 'broken';
    await page.getByRole('button', { name: 'Ask again' }).click();
    await expect
      .poll(() => page.getByRole('alert').textContent())
      .toMatch(/The server failed: see runtime\.log.*Try again/);
    expect(await violations(page)).toEqual([]);
    answer = 'well';
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('region', { name: 'Retention by cohort' }).waitFor();
    await close();
  });

  it('is a slow network, where figures come before their pictures', async () => {
    const { page, errors, close } = await open();
    const network = await page.context().newCDPSession(page);
    await network.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 200,
      downloadThroughput: 150_000,
      uploadThroughput: 60_000,
    });
    await page.goto(`${data.url}#/overview`);
    await page.getByRole('region', { name: 'DAU', exact: true }).locator('.figure').waitFor();
    expect(await page.locator('canvas').count()).toBe(0);
    await settle(page);
    expect(await page.locator('canvas').count()).toBeGreaterThan(0);
    expect(errors).toEqual([]);
    await close();
  });

  it('is a network that is gone, until it is there again', async () => {
    const { page, close } = await open();
    await page.route('**/console/assets/echarts*', (route) => route.abort());
    await goTo(page, 'retention');
    await page.context().setOffline(true);
    await page.getByRole('link', { name: 'Levels' }).click();
    await expect
      .poll(() => page.getByRole('alert').first().textContent())
      .toMatch(/The server is out of reach\..*the network is there/);
    expect(await violations(page)).toEqual([]);
    await page.context().setOffline(false);
    const card = page.getByRole('region', { name: 'Funnel', exact: true });
    await card.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => card.textContent()).toMatch(/What draws the chart could not be loaded/);
    await card.locator('summary').click();
    await page.getByRole('region', { name: 'Figures of Funnel' }).waitFor();
    await close();
  });

  it('is said where there is nothing yet, with the command that fills it', async () => {
    const { page, close } = await open();
    await goTo(page, 'levels?from=2020-01-01&to=2020-01-07');
    expect(await page.locator('main').textContent()).toMatch(/nothing here yet.*npm run generate.*npm run workflow/);
    expect(await violations(page)).toEqual([]);
    await close();
  });

  it('is not seen with 200 games of very long names', async () => {
    const { page, errors, close } = await open({ width: 390 });
    const names = Array.from({ length: 200 }, (_, index) => `game-${index}-${'very-long-name'.repeat(12)}`);
    await page.route('**/_local/reports?report=daily-active-players*', async (route) => {
      const to = new URL(route.request().url()).searchParams.get('to_date') ?? '';
      const columns = [
        { name: 'application_id', type: 'varchar' },
        { name: 'event_date', type: 'date' },
        { name: 'dau', type: 'bigint' },
      ];
      const rows = names.map((application_id, dau) => ({ application_id, event_date: to, dau }));
      const meta = { scannedBytes: 0, milliseconds: 1, costLine: 'nothing' };
      await route.fulfill({ json: { report: 'daily-active-players', columns, rows, meta } });
    });
    await goTo(page, 'overview');
    expect(await gamePicker(page).locator('option').count()).toBeGreaterThan(200);
    expect(await page.locator('main').textContent()).toContain('192 more are in the figures');
    expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
    expect(errors).toEqual([]);
    await keepPicture(page, 'overview-200-games-390');
    await close();
  });
});
