import { createCostProgram } from './cost-program.ts';
import { runCli } from './run-cli.ts';

await runCli(createCostProgram({ print: (line) => console.log(line) }));
