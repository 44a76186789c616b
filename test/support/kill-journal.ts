import { openJournal } from '../../local/delivery-stream/journal.ts';
import { aLog } from './a-log.ts';

/** Appends to the journal in `argv[2]` without end and prints each sequence once it is acknowledged. To be killed. */
const journal = await openJournal({ folder: process.argv[2]!, delivered: 0, log: aLog(), segmentBytes: 1 << 16 });

async function writeOn(writer: number): Promise<never> {
  for (let i = 0; ; i++) {
    const text = `${writer}-${i}-${'x'.repeat(i % 700)}`;
    const sequence = await journal.append([Buffer.from(text)], i);
    process.stdout.write(`${sequence} ${text}\n`);
  }
}

await Promise.all([0, 1, 2, 3].map(writeOn));
