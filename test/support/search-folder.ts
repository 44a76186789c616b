import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Files below a folder that hold one of these texts, as they stand or in base64: `<path>: <name of the text>`. */
export async function searchFolder(folder: string, texts: Readonly<Record<string, string>>): Promise<string[]> {
  const found: string[] = [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path);
    found.push(...searchText(content, texts).map((name) => `${relative(folder, path)}: ${name}`));
  }
  return found.toSorted();
}

/** Names of the texts that the content holds, as they stand or in base64. */
export function searchText(content: Buffer | string, texts: Readonly<Record<string, string>>): string[] {
  return Object.entries(texts)
    .filter(([, text]) => [text, ...inBase64(text)].some((form) => content.includes(form)))
    .map(([name]) => name);
}

/** What base64 makes of a text somewhere inside another one: three forms, without the ends that depend on neighbours. */
function inBase64(text: string): string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.from(' '.repeat(shift) + text).toString('base64');
    return encoded.slice(shift === 0 ? 0 : shift + 1).slice(0, -4);
  });
}
