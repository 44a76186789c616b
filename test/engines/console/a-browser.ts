import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

/** What a page did, besides being looked at. */
export interface Watched {
  readonly page: Page;
  /** Errors of scripts, of the console and of the content-security policy. */
  readonly errors: readonly string[];
  /** Every request as `METHOD url`. */
  readonly requests: readonly string[];
  /** The text of every answer that was no file of the console itself. */
  readonly answers: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

export interface OpenOptions {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'light' | 'dark';
  readonly locale?: string;
  /** Whether `answers` has any: to read them takes time of the browser's; default true. */
  readonly readsAnswers?: boolean;
}

/** Chromium; as root it has no sandbox to start in. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });

/** A page of a new, empty profile. */
export async function openPage(browser: Browser, options: OpenOptions = {}): Promise<Watched> {
  const { width = 1280, height = 900, theme = 'light', locale = 'en-US', readsAnswers = true } = options;
  const context: BrowserContext = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
    locale,
  });
  const page = await context.newPage();
  const errors: string[] = [];
  const requests: string[] = [];
  const texts: Promise<string>[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  page.on('dialog', (dialog) => {
    errors.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => requests.push(`${request.method()} ${request.url()}`));
  page.on('response', (response) => {
    if (readsAnswers && !response.url().includes('/console/')) texts.push(response.text().catch(() => ''));
  });
  return { page, errors, requests, answers: () => Promise.all(texts), close: () => context.close() };
}

const isSettled =
  'document.querySelector("h1") !== null && document.querySelector(".loading, .starting") === null && ' +
  '[...document.querySelectorAll(".chart")].every((chart) => chart.querySelector("canvas") !== null)';

const mostMilliseconds = 60_000;

/** Waits until nothing on the page loads any more and its charts are drawn. */
export async function settle(page: Page): Promise<void> {
  // Whatever a page evaluates by itself its policy refuses; this comes from outside.
  for (const until = Date.now() + mostMilliseconds; Date.now() < until; await wait(20)) {
    if (await page.evaluate(isSettled)) {
      await wait(50);
      if (await page.evaluate(isSettled)) return;
    }
  }
  throw new Error(`${page.url()} still loads after ${mostMilliseconds / 1_000} s`);
}

/** Keeps a picture of the whole page below `artifacts/console/`, for people to look at. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = join(import.meta.dirname, '../../../artifacts/console');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
