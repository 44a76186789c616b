import { createDeployProgram, deployDeps } from './deploy-program.ts';
import { runCli } from './run-cli.ts';

await runCli(createDeployProgram({ ...deployDeps, print: (line) => console.log(line) }));
