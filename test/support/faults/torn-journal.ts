import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openJournal } from '../../../local/delivery-stream/journal.ts';
import { aLog } from '../a-log.ts';
import { removeFolder, temporaryFolder } from '../temporary-folder.ts';
import type { CrashRow } from './crash-row.ts';

/**
 * Cuts a journal off at every byte of its last frame, which a crash kept from being acknowledged, and puts other tails
 * behind the frames that were; each time all that was acknowledged must be there, and new records must find their place.
 */
export async function tearJournal(recordsPerFrame: number): Promise<CrashRow> {
  const folder = await temporaryFolder('torn');
  const log = aLog();
  const open = () => openJournal({ folder, delivered: 0, log });
  const frame = (name: string) => Array.from({ length: recordsPerFrame }, (_, place) => text(name, place));
  try {
    const journal = await open();
    await journal.append(frame('first'), 1_000);
    await journal.append(frame('second'), 2_000);
    const path = join(
      folder,
      (await readdir(folder)).find((name) => name.endsWith('.journal'))!,
    );
    const kept = (await readFile(path)).length;
    await journal.append(frame('last'), 3_000);
    await journal.close();
    const whole = await readFile(path);
    const sound = whole.subarray(0, kept);
    const tails = [
      ...Array.from({ length: whole.length - kept }, (_, bytes) => whole.subarray(kept, kept + bytes)),
      ...['\0', 'noise', '\u00ff'].map((character) => Buffer.from(character.repeat(5_000))),
      // The head of a frame with what came before it in place of its records.
      Buffer.concat([whole.subarray(kept, kept + 28), sound.subarray(0, whole.length - kept - 28)]),
    ];
    const acknowledged = [...frame('first'), ...frame('second')].map(String);
    const lost: string[] = [];
    let repeated = 0;
    for (const [number, tail] of tails.entries()) {
      await writeFile(path, Buffer.concat([sound, tail]));
      const torn = await open();
      await torn.append([Buffer.from(`after tail ${number}`)], 4_000);
      await torn.close();
      const again = await open();
      const found = await readAll(again);
      await again.close();
      lost.push(...[...acknowledged, `after tail ${number}`].filter((one) => !found.includes(one)));
      repeated += found.length - new Set(found).size;
      for (const name of await readdir(folder)) {
        if (join(folder, name) !== path && name.endsWith('.journal')) await removeFolder(join(folder, name));
      }
    }
    const complaints = log.entries.filter(({ level }) => level === 'error').length;
    return {
      fault: 'the journal has a torn tail',
      times: tails.length,
      acknowledged: tails.length * (acknowledged.length + 1),
      otherAnswers: new Map(),
      inEvents: tails.length * (acknowledged.length + 1) - lost.length,
      rejected: 0,
      inErrors: 0,
      lost,
      duplicates: repeated,
      note: `cut at every byte of the last frame (${whole.length - kept}), ${tails.length - (whole.length - kept)} other tails; read from the journal itself; ${complaints} said to be damaged`,
    };
  } finally {
    await removeFolder(folder);
  }
}

const text = (name: string, place: number): Buffer => Buffer.from(`${name} ${place} ${'x'.repeat(place % 40)}`);

async function readAll(journal: Awaited<ReturnType<typeof openJournal>>): Promise<string[]> {
  const reader = journal.read(0);
  const found: string[] = [];
  for (let record = await reader.next(); record; record = await reader.next()) found.push(record.data.toString());
  await reader.close();
  return found;
}
