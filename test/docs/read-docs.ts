import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A Markdown page of the project. */
export interface Page {
  /** Path from the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block of a page. */
export interface Snippet {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

/** Every file of the repository that is or could be committed. */
export function projectFiles(): string[] {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' });
  return list.split('\n').filter((path) => path !== '');
}

/** Every Markdown page among them. */
export function pages(files: readonly string[]): Page[] {
  return files.filter((path) => path.endsWith('.md')).map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

/** The fenced blocks of a page. */
export function snippets({ path, text }: Page): Snippet[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', body = '']) => ({
    page: path,
    language,
    text: body,
  }));
}

/** A page without its fenced blocks. */
export function prose({ text }: Page): string {
  return text.replaceAll(/^```\w*\n[\s\S]*?^```$/gm, '');
}

/** What stands in backticks in a page's prose. */
export function inlineCode(page: Page): string[] {
  return [...prose(page).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** The rows of the tables below a heading, each as its trimmed cells; without head and rule. */
export function tableBelow({ text }: Page, heading: string): string[][] {
  const section = text.split(/^(?=#+ )/m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** Cell text without Markdown's marks. */
export function plain(cell: string): string {
  return cell.replaceAll(/[`*]/g, '');
}
