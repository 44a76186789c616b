import { connectEngine } from './connect-engine.ts';
import { findDeployment } from './deployment.ts';
import { createQueryProgram } from './query-program.ts';
import { runCli } from './run-cli.ts';

await runCli(
  createQueryProgram({
    connect: (options) => connectEngine(findDeployment(options), options.athena),
    print: (line) => console.log(line),
  }),
);
