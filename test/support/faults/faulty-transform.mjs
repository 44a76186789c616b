// Lies before the transform's bundle and does what a file says, as often as it says: `<fault> <times>`. Each time is
// noted in a second file.
import { appendFileSync, readFileSync } from 'node:fs';
import { handler as transform } from './sound-transform.mjs';

const [order, strikes] = [process.env.FAULT_ORDER, process.env.FAULT_STRIKES];

const faults = {
  throws: () => {
    throw new Error('injected');
  },
  hangs: () => new Promise(() => undefined),
  spins: () => {
    for (;;);
  },
  exits: () => process.exit(1),
  'answers nothing': () => undefined,
  'answers text': () => '{"records":',
  'answers no list': () => ({ records: 'all of them' }),
  'leaves ids out': changed((records) => records.slice(1)),
  'answers ids twice': changed((records) => [...records, ...records]),
  'answers foreign ids': changed((records) => records.map((one) => ({ ...one, recordId: `${one.recordId}0` }))),
  'answers a wrong result': changed((records) => records.map((one) => ({ ...one, result: 'Perhaps' }))),
  'answers null data': changed((records) => records.map((one) => ({ ...one, data: null }))),
  'answers no base64': changed((records) => records.map((one) => ({ ...one, data: '{"event_id"' }))),
  'answers more than 6 MB': async (event, context) => ({
    ...(await transform(event, context)),
    more: 'x'.repeat(6_291_556),
  }),
};

function changed(change) {
  return async (event, context) => ({ records: change((await transform(event, context)).records) });
}

export async function handler(event, context) {
  const [, fault = '', times = '0'] = /^(.*) (\d+)$/.exec(readFileSync(order, 'utf8')) ?? [];
  const struck = readFileSync(strikes, 'utf8')
    .split('\n')
    .filter((line) => line === fault).length;
  if (fault === '' || struck >= Number(times)) return transform(event, context);
  appendFileSync(strikes, `${fault}\n`);
  return faults[fault](event, context);
}
