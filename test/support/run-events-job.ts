// A process that runs the events job over a lake's folder, to be killed: <folder> <now in milliseconds>.
import { openJobLake } from './job-lake.ts';

const [root = '', now = ''] = process.argv.slice(2);
const lake = await openJobLake(root, Number(now));
process.stdout.write('running\n');
await lake.job.run();
await lake.stop();
