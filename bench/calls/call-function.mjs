// Calls a function again and again, in a process of its own: plain JavaScript, as on Lambda.
import { pathToFileURL } from 'node:url';

const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 10_000 };
const loaded = import(pathToFileURL(process.argv[2]).href);

async function callAll({ event, expects, calls }) {
  const { handler } = await loaded;
  const answers = [];
  let milliseconds = 0;
  for (let call = 0; call < calls; call += 1) {
    const calledAt = performance.now();
    const answer = await handler(event, context);
    milliseconds += performance.now() - calledAt;
    answers.push(answer);
  }
  const wrong = answers.map((answer) => JSON.stringify(answer ?? null)).find((text) => !text.includes(expects));
  return wrong === undefined ? { milliseconds } : { failed: `it answered ${wrong} and not ${expects}` };
}

async function answer(task) {
  try {
    process.send(await callAll(task));
  } catch (error) {
    process.send({ failed: error.stack });
  }
}

process.on('message', (task) => void answer(task));
process.once('disconnect', () => process.exit());
